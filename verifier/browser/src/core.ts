// All of judging, without a page: what tests call under node.

export { judge } from './job.js';
export { parseEvidenceRecord } from './evidence_record.js';
export { Malformed } from './der.js';
export { parseTime, timeText } from './time.js';
export { decisive, verdictOf } from './verdict.js';
export { say } from './texts.js';
