// Providers and gateways whose reported costs count in this workspace, rather than the price book.

import countDocument from './documents/countReportedCosts.graphql?raw';
import reportedProvidersDocument from './documents/reportedProviders.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';

export const reportedProviders = new Reading(async (signal) => (await ask(reportedProvidersDocument, {}, signal)).reportedProviders);

/** Holds for new events, and for those that are repriced. @throws {import('./graphql.js').Problem} */
export async function countReportedCosts(provider, counts) {
  const answer = await ask(countDocument, { provider, counts });
  reportedProviders.value.value = answer.countReportedCosts;
}
