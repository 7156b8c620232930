export { parseQuantity } from '../core/plan/quantity';
