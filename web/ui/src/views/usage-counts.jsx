// What an event used: the counts that have a name, and all that was reported.

import { grouped, isZero, trimmed } from '../amount.js';

/** Name, label, whether it is a part of the count above it. */
const COUNTS = [
  ['inputTokens', 'Input tokens', false],
  ['cacheReadTokens', 'from cache', true],
  ['cacheWriteTokens', 'written to cache', true],
  ['inputAudioTokens', 'audio', true],
  ['outputTokens', 'Output tokens', false],
  ['reasoningTokens', 'reasoning', true],
  ['outputAudioTokens', 'audio', true],
  ['totalTokens', 'Total tokens', false],
  ['images', 'Images', false],
];

export function UsageCounts({ event }) {
  const { usage, units, quantity, unit } = event;
  const counts = COUNTS.filter(([name]) => !isZero(usage[name]));
  return (
    <section>
      <h3>Usage</h3>
      <dl class="counts">
        {counts.map(([name, label, isPart]) => (
          <div key={name} class={isPart ? 'part' : ''}>
            <dt>{label}</dt>
            <dd>{grouped(usage[name])}</dd>
          </div>
        ))}
        {quantity !== null && (
          <div>
            <dt>{unit ?? 'Quantity'}</dt>
            <dd>{grouped(trimmed(quantity))}</dd>
          </div>
        )}
      </dl>
      {units.length > 0 && (
        <>
          <h4>As reported</h4>
          <dl class="counts">
            {units.map((one) => (
              <div key={one.unit}>
                <dt>
                  <code>{one.unit}</code>
                </dt>
                <dd>{grouped(trimmed(one.quantity))}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
