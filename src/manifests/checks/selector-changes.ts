import { podSelectorOf, targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachChange } from '../check';
import { nameOf } from '../words';

export const check: Check = {
  id: 'selector-changes',
  severities: ['error'],
  needsBefore: true,
  meaning: 'The selector of a workload is another than before, which the API server refuses: it can never change.',
  run: ofEachChange((was, { workload }) => {
    if (!workload || !was.workload || !targetKindOf(workload)?.selectorPath) {
      return [];
    }
    const [before, after] = [podSelectorOf(was.workload.object), podSelectorOf(workload.object)];
    return before === '' || before === after ? [] : [{
      sentence: `${nameOf(workload)} has the selector '${after}', and had '${before}': the API server refuses the change`,
      remedy: "keep the old one, which 'selector' of a PrewarmedService takes, or give the workload another name",
      object: workload,
      path: ['spec', 'selector'],
    }];
  }),
};
