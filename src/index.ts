export * from './demand';
export * from './event-scale-schedule';
export * from './opening-event';
export * from './prewarmed-service';
export * from './schedule-target';
