// The pages there are: where each is found, what it is called, and how its code is loaded when it is wanted.

/**
 * @typedef {Object} Route
 * @property {string} name
 * @property {string[]} paths  the first is the one that links lead to
 * @property {string} title
 * @property {boolean} [isForAdmins]  others are not led there
 * @property {() => Promise<import('preact').ComponentType>} load
 */

/** In the order of the navigation. @type {Route[]} */
export const ROUTES = [
  {
    name: 'activity',
    paths: ['/activity', '/'],
    title: 'Activity',
    load: async () => (await import('./views/activity.jsx')).Activity,
  },
  {
    name: 'analytics',
    paths: ['/analytics'],
    title: 'Analytics',
    load: async () => (await import('./views/analytics.jsx')).Analytics,
  },
  {
    name: 'insights',
    paths: ['/insights'],
    title: 'Insights',
    load: async () => (await import('./views/insights.jsx')).Insights,
  },
  {
    name: 'alerts',
    paths: ['/alerts'],
    title: 'Alerts',
    load: async () => (await import('./views/alerts.jsx')).Alerts,
  },
  {
    name: 'prices',
    paths: ['/prices'],
    title: 'Prices',
    load: async () => (await import('./views/prices.jsx')).Prices,
  },
  {
    name: 'keys',
    paths: ['/keys'],
    title: 'Keys',
    isForAdmins: true,
    load: async () => (await import('./views/keys.jsx')).Keys,
  },
  {
    name: 'members',
    paths: ['/members'],
    title: 'Members',
    isForAdmins: true,
    load: async () => (await import('./views/members.jsx')).Members,
  },
];

/** @returns {Route|null} null where there is no page */
export function routeAt(path) {
  return ROUTES.find((route) => route.paths.includes(path)) ?? null;
}
