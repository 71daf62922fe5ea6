import { describeExamples } from '../support/rule-examples.ts';

// A file for each version, so that they run side by side.
describeExamples(18);
