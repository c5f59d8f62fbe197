// What each column shows of an event.

import { dollars, exactDollars, grouped, isZero, trimmed } from '../amount.js';
import { fieldNamed, OUTCOMES, TYPES, valueLabel } from '../filter.js';
import { absolute, clock, duration, otherDay } from '../instant.js';

/** A value one can filter by: a click on it does. */
export function Value({ name, value, title, children }) {
  const field = fieldNamed(name);
  const label = children ?? (value === null ? '—' : valueLabel(field, value));
  const only = value === null ? `Only events without a ${field.label.toLowerCase()}` : `${field.label} ${valueLabel(field, value)}`;
  return (
    <span class={value === null ? 'value none' : 'value'} data-filter={name} title={title ?? only}>
      {label}
    </span>
  );
}

/** `isShort`: to the minute where there is a day besides. */
export function Time({ at, isShort = false }) {
  const day = otherDay(at);
  return (
    <time dateTime={at} title={absolute(at)}>
      {day && <span class="day">{day} </span>}
      {clock(at).slice(0, day ? digitsBeside(day, isShort) : undefined)}
    </time>
  );
}

/** A clock as long as the column has room for beside `Nov 23` or `Nov 23, 2025`. */
function digitsBeside(day, isShort) {
  const hasYear = day.includes(',');
  if (isShort) return hasYear ? 0 : 'hh:mm'.length;
  return hasYear ? 'hh:mm'.length : undefined;
}

export function Cost({ cost }) {
  const { amount, status } = cost;
  if (amount === null) {
    return (
      <span class="none" title="The cost is unknown, not zero; the details say why">
        —
      </span>
    );
  }
  const exact = exactDollars(amount);
  if (status === 'PARTIAL') {
    return (
      <span class="partial" title={`${exact}, not known in full; the details say why`}>
        <span class="sign">≥ </span>
        {dollars(amount)}
      </span>
    );
  }
  if (status === 'SUPPLIED') {
    return (
      <span title={`${exact}, given by the caller`}>
        <span class="sign">† </span>
        {dollars(amount)}
      </span>
    );
  }
  if (status === 'REPORTED') {
    return (
      <span title={`${exact}, reported by the provider or gateway`}>
        <span class="sign">‡ </span>
        {dollars(amount)}
      </span>
    );
  }
  return <span title={exact}>{dollars(amount)}</span>;
}

/** `{input, output}` as text, or `{other}` for what is not counted in tokens. */
export function counts(event) {
  const { inputTokens, outputTokens, images } = event.usage;
  if (!isZero(inputTokens) || !isZero(outputTokens)) return { input: grouped(inputTokens), output: grouped(outputTokens) };
  if (!isZero(images)) return { other: `${grouped(images)} ${images === '1' ? 'image' : 'images'}` };
  if (event.quantity !== null) return { other: `${grouped(trimmed(event.quantity))} ${event.unit ?? ''}` };
  return { input: '0', output: '0' };
}

export function Outcome({ event }) {
  if (event.outcome === 'SUCCESS') return <Value name="outcome" value="SUCCESS" />;
  return (
    <span class="error">
      <Value name="outcome" value={event.outcome} title={`Error${event.errorCode ? `: ${event.errorCode}` : ''}`}>
        {event.errorCode ?? valueLabel({ choices: OUTCOMES }, event.outcome)}
      </Value>
    </span>
  );
}

export function typeLabel(type) {
  return valueLabel({ choices: TYPES }, type);
}

export function took(event) {
  return event.durationMs === null ? '' : duration(event.durationMs);
}
