export * from './demand';
export * from './event-scale-schedule';
export * from './opening-event';
export * from './prewarm-alerts';
export * from './prewarmed-service';
export * from './schedule-target';
