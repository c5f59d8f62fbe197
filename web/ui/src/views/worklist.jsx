// Usage whose cost is not known in full: most events first, each with what is missing and the way to a price.

import { computed } from '@preact/signals';
import { useState } from 'preact/hooks';
import { grouped, isZero, trimmed } from '../amount.js';
import { WORKLIST, worklist } from '../catalogue.js';
import { serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { narrow } from '../layout.js';
import { nameOf } from '../price.js';
import { draftOfUsage, lostKinds } from '../price-draft.js';
import { list, readPrice } from '../price-list.js';
import { task } from '../price-task.js';
import { isEverything, part } from '../prices-query.js';
import { isAdmin } from '../session.js';
import { Failure } from './failure.jsx';
import { UsagePart } from './usage-part.jsx';

/** Shown at first: the prices below must stay in sight. Whoever looks for something sees none. */
const few = computed(() => (isEverything.value ? (narrow.value ? 2 : 4) : 0));
const HEADS = ['Model or unit', 'Provider', 'Events', 'Input tokens', 'Output tokens', 'What is missing', 'First, last'];
/** What the units without a price say already. */
const PRICE_REASONS = ['NO_PRICE', 'NO_RATE'];
const NUMBERS = ['Events', 'Input tokens', 'Output tokens'];

/** What keeps the prices away too is told in their place, once. */
const isRefused = computed(() => worklist.problem.value?.passes === false && !list.problem.value);

export function Worklist() {
  return (
    <>
      {part.value && <UsagePart part={part.value} />}
      {isRefused.value ? <Refusal /> : <Unpriced />}
    </>
  );
}

function Refusal() {
  return (
    <div class="worklist">
      <Failure what="Unknown costs" problem={worklist.problem.value} onRetry={() => worklist.run()} />
    </div>
  );
}

function Unpriced() {
  const [isOpen, setOpen] = useState(false);
  const all = worklist.value.value;
  if (!all) return null;
  if (!all.length) return <p class="all-priced">{part.value ? 'Every event of this part of usage has a price.' : 'Every event has a price.'}</p>;
  const count = `${all.length}${all.length === WORKLIST ? ' or more' : ''}`;
  const shown = isOpen ? all : all.slice(0, few.value);
  return (
    <section class="worklist" aria-labelledby="worklist-title" data-testid="worklist">
      <h2 id="worklist-title">
        Unknown costs <span class="count">{count}</span>
        {all.length > few.value && (
          <button type="button" class="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Show fewer' : 'Show all'}
          </button>
        )}
      </h2>
      {shown.length > 0 && <Table usages={shown} />}
    </section>
  );
}

function Table({ usages }) {
  return (
    <>
      <p class="hint">What these events cost is not known in full: totals hold only what is known of it.</p>
      <table class={`lines ${narrow.value ? 'narrow' : ''}`}>
        {!narrow.value && (
          <thead>
            <tr>
              {HEADS.map((head) => (
                <th key={head} scope="col" class={NUMBERS.includes(head) ? 'number' : ''}>
                  {head}
                </th>
              ))}
              <th scope="col">
                <span class="unseen">What to do</span>
              </th>
            </tr>
          </thead>
        )}
        <tbody>
          {usages.map((usage) => (
            <tr key={JSON.stringify([usage.provider, usage.model, usage.unit])}>
              {narrow.value ? <NarrowCells usage={usage} /> : <Cells usage={usage} />}
              <td class="action">
                <SetPrice usage={usage} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Cells({ usage }) {
  const { provider, inputTokens, outputTokens } = usage;
  return (
    <>
      <th scope="row" class="name">
        {nameOf(usage)}
      </th>
      <td class="provider">{provider ?? <span class="none">—</span>}</td>
      <td class="number">{grouped(usage.events)}</td>
      {usage.unit !== null && usage.quantity !== null ? (
        <td class="number" colSpan={2}>
          {grouped(trimmed(usage.quantity))} {usage.unit}
        </td>
      ) : (
        <>
          <td class="number">{grouped(inputTokens)}</td>
          <td class="number">{grouped(outputTokens)}</td>
        </>
      )}
      <td class="missing">
        <Missing usage={usage} /> <InPart usage={usage} />
      </td>
      <td class="when">
        <Span usage={usage} />
      </td>
    </>
  );
}

/** The units without a price, and what else keeps the costs from being known. */
function Missing({ usage: { missingUnits, reasons } }) {
  const others = reasons.filter(({ code }) => !PRICE_REASONS.includes(code));
  return (
    <>
      {missingUnits.length > 0 && <code>{missingUnits.join(', ')}</code>}
      {others.map(({ message }) => (
        <span key={message} class="line">
          {message}
        </span>
      ))}
    </>
  );
}

/** Whether a price would make the costs known. */
function awaitsPrice({ missingUnits, reasons }) {
  return missingUnits.length > 0 || reasons.length === 0 || reasons.some(({ code }) => PRICE_REASONS.includes(code));
}

function NarrowCells({ usage }) {
  const { provider, quantity, unit } = usage;
  return (
    <th scope="row">
      <span class="line name">{nameOf(usage)}</span>
      <span class="line second">
        {grouped(usage.events)} {usage.events === '1' ? 'event' : 'events'}
        {provider && ` · ${provider}`} <InPart usage={usage} />
      </span>
      <span class="line second">
        {unit !== null && quantity !== null ? `${grouped(trimmed(quantity))} ${unit}` : tokens(usage)}
      </span>
      <span class="line second">
        {usage.reasons.filter(({ code }) => !PRICE_REASONS.includes(code)).map(({ message }) => message).join(' ')}
      </span>
    </th>
  );
}

/** What else was used is named by what has no price. */
function tokens({ inputTokens, outputTokens, missingUnits }) {
  if (isZero(inputTokens) && isZero(outputTokens)) return missingUnits.join(', ');
  return `${grouped(inputTokens)} tokens in, ${grouped(outputTokens)} out`;
}

/** Events that have a cost, but not for all that they used. */
function InPart({ usage: { events, partialEvents } }) {
  if (isZero(partialEvents)) return null;
  return <span class="mark">{events === partialEvents ? 'the rest is priced' : `${grouped(partialEvents)} priced in part`}</span>;
}

function Span({ usage }) {
  const { firstOccurredAt, lastOccurredAt } = usage;
  return (
    <span title={`${absolute(firstOccurredAt)} to ${absolute(lastOccurredAt)}`}>
      {ago(firstOccurredAt, serverNow())}, {ago(lastOccurredAt, serverNow())}
    </span>
  );
}

function SetPrice({ usage }) {
  const [isBusy, setBusy] = useState(false);
  if (!isAdmin.value || nameOf(usage) === null || !awaitsPrice(usage)) return null;

  async function open() {
    setBusy(true);
    // What is priced in part keeps the rates that it has. Where they cannot be read, one writes them anew.
    const price = isZero(usage.partialEvents) ? null : await readPrice(usage).catch(() => null);
    setBusy(false);
    task.value = { kind: 'set', draft: draftOfUsage(usage, price), lost: price ? lostKinds(price) : [], usage };
  }

  return (
    <button type="button" class="small" onClick={open} disabled={isBusy} aria-label={`Set a price for ${nameOf(usage)}`}>
      Set a price…
    </button>
  );
}

