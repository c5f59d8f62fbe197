// Providers and gateways whose reported costs count in this workspace, rather than the price book.

import useDocument from './documents/useReportedCosts.graphql?raw';
import reportedProvidersDocument from './documents/reportedProviders.graphql?raw';
import { ask } from './graphql.js';
import { Reading } from './reading.js';

export const reportedProviders = new Reading(async (signal) => (await ask(reportedProvidersDocument, {}, signal)).reportedProviders);

/** Holds for new events, and for those that are repriced. @throws {import('./graphql.js').Problem} */
export async function letReportedCostsCount(provider, enabled) {
  const answer = await ask(useDocument, { provider, enabled });
  reportedProviders.value.value = answer.useReportedCosts;
}
