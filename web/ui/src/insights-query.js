// What of the Insights page is in the address.

import { usageChoice } from './usage-choice.js';

export const choice = usageChoice('insights');
