// Which events are shown: the fields one can filter by, and what the server is asked.

/**
 * @typedef {Object<string, Array<string|null>>} Filter
 *   By field name: values that are alternatives; null stands for events without the value.
 */

export const TYPES = [
  { value: 'TOKEN_USAGE', label: 'Tokens' },
  { value: 'IMAGE_GENERATION', label: 'Images' },
  { value: 'CUSTOM', label: 'Custom' },
];

export const OUTCOMES = [
  { value: 'SUCCESS', label: 'Success' },
  { value: 'ERROR', label: 'Error' },
];

/** How our cost compares with what the provider or gateway says it charged. */
export const REPORTED = [
  { value: 'DIFFERS', label: 'Differs from ours' },
  { value: 'AGREES', label: 'Agrees with ours' },
  { value: 'NOT_COMPARED', label: 'Not compared' },
];

/** `name` in the address, `property` of an event, `input` in the server's UsageFilter. */
export const FIELDS = [
  { name: 'customer', label: 'Customer', property: 'customerId', input: 'customerIds' },
  { name: 'user', label: 'User', property: 'userId', input: 'userIds' },
  { name: 'feature', label: 'Feature', property: 'featureId', input: 'featureIds' },
  { name: 'provider', label: 'Provider', property: 'provider', input: 'providers' },
  { name: 'model', label: 'Model', property: 'model', input: 'models' },
  { name: 'type', label: 'Type', property: 'type', input: 'types', choices: TYPES },
  { name: 'outcome', label: 'Outcome', property: 'outcome', input: 'outcomes', choices: OUTCOMES },
  { name: 'reported', label: 'Reported cost', property: 'reportedCostStatus', input: 'reportedCostStatuses', choices: REPORTED },
];

const BY_NAME = new Map(FIELDS.map((field) => [field.name, field]));

export function fieldNamed(name) {
  return BY_NAME.get(name);
}

/** How "without the value" is shown, and typed where values are typed. */
export const NONE = '(none)';
/** What is shown for all the other values together. */
export const OTHER = '(other)';

/** As it is shown: no two values alike, nor like what stands for none and for the others. */
export function valueLabel(field, value) {
  if (value === null) return NONE;
  if (isTakenForAnother(value)) return `"${value}"`;
  return field.choices?.find((choice) => choice.value === value)?.label ?? value;
}

/** The value that is shown so. */
export function labelledValue(label) {
  if (label === NONE) return null;
  const quoted = /^"(.*)"$/s.exec(label)?.[1];
  return quoted !== undefined && isTakenForAnother(quoted) ? quoted : label;
}

/** Such values are shown in quotes; so are those that begin with one, or they would be taken for these. */
function isTakenForAnother(value) {
  return value === '' || value === NONE || value === OTHER || value.startsWith('"');
}

export function isEmpty(filter) {
  return Object.keys(filter).length === 0;
}

/** @returns {Filter} the filter with one value more; the same object where it is there already. */
export function withValue(filter, name, value) {
  const values = filter[name] ?? [];
  return values.includes(value) ? filter : { ...filter, [name]: [...values, value] };
}

/** @returns {Filter} */
export function withoutValue(filter, name, value) {
  const left = (filter[name] ?? []).filter((other) => other !== value);
  const { [name]: _, ...others } = filter;
  return left.length ? { ...others, [name]: left } : others;
}

/** The server's UsageFilter; null where everything is meant. */
export function toUsageFilter(filter) {
  const given = FIELDS.filter((field) => filter[field.name]?.length);
  if (!given.length) return null;
  return Object.fromEntries(given.map((field) => [field.input, filter[field.name]]));
}

/** Puts the filter into an address's query; null is said by `no=` and the field's name. */
export function writeFilter(query, filter) {
  for (const { name } of FIELDS) {
    for (const value of filter[name] ?? []) {
      if (value === null) query.append('no', name);
      else query.append(name, value);
    }
  }
}

/** @returns {Filter} what of a query can be understood */
export function readFilter(query) {
  const found = {};
  const without = query.getAll('no');
  for (const { name, choices } of FIELDS) {
    const known = (value) => !choices || choices.some((choice) => choice.value === value);
    const values = [...new Set(query.getAll(name))].filter(known);
    if (!choices && without.includes(name)) values.push(null);
    if (values.length) found[name] = values;
  }
  return found;
}
