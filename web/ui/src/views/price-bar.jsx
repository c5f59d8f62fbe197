// The bar of the Prices page: what one looks for, where the prices come from, what one may do.

import { useEffect, useRef, useState } from 'preact/hooks';
import { readProviders } from '../price-list.js';
import { blankDraft } from '../price-draft.js';
import { task } from '../price-task.js';
import { want, wanted } from '../prices-query.js';
import { isAdmin } from '../session.js';
import { CatalogueLine } from './catalogue.jsx';
import { Cross } from './icons.jsx';

const DEBOUNCE_MS = 200;

export function PriceBar() {
  const { model } = wanted.value;
  return (
    <div class="filters">
      <div class="bar price-bar">
        <form role="search" aria-label="Find prices" onSubmit={(event) => event.preventDefault()}>
          <SearchField />
          <ProviderField />
        </form>
        <CatalogueLine />
        <Actions />
      </div>
      {model !== null && (
        <div class="chips" role="group" aria-label="Active filters">
          <span class="chip">
            <span class="chip-field">Model</span> {model}
            <button type="button" onClick={() => want({ model: null })} aria-label={`Remove Model ${model}`}>
              <Cross />
            </button>
          </span>
        </div>
      )}
    </div>
  );
}

function SearchField() {
  const [text, setText] = useState(wanted.value.search ?? '');
  const sent = useRef(wanted.value.search);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Back and forward, and links, change what is wanted behind the field's back.
  useEffect(() => {
    if (wanted.value.search === sent.current) return;
    clearTimeout(timer.current);
    sent.current = wanted.value.search;
    setText(sent.current ?? '');
  }, [wanted.value.search]);

  function onInput(event) {
    const { value } = event.target;
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = value.trim() || null;
      want({ search: sent.current }, false);
    }, DEBOUNCE_MS);
  }

  return (
    <input
      id="price-search"
      type="search"
      class="search-field"
      placeholder="Search models and units"
      aria-label="Search models and units"
      title="/ goes here"
      value={text}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      enterkeyhint="search"
      onInput={onInput}
    />
  );
}

function ProviderField() {
  const [offered, setOffered] = useState([]);
  const { provider } = wanted.value;
  const [text, setText] = useState(provider ?? '');
  useEffect(() => setText(provider ?? ''), [provider]);

  function set(name) {
    const next = name.trim() || null;
    if (next !== wanted.value.provider) want({ provider: next });
  }

  /** A name that was picked, or taken away, is meant at once; one that is typed, when it is done. */
  function onInput({ target: { value } }) {
    setText(value);
    if (value === '' || offered.includes(value)) set(value);
  }

  return (
    <>
      <input
        type="search"
        class="provider-field"
        placeholder="Provider"
        aria-label="Provider"
        list="providers"
        value={text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        // Without the names one can still type one.
        onFocus={() => readProviders().then(setOffered, () => {})}
        onInput={onInput}
        onChange={(event) => set(event.target.value)}
      />
      <datalist id="providers">
        {offered.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function Actions() {
  if (!isAdmin.value) {
    return (
      <span class="read-only" title="Setting and ending prices, and repricing, need the ADMIN scope. Make such a key on the server: livemeter key create NAME --scope USAGE_READ --scope ADMIN">
        Read only: this key has no ADMIN scope
      </span>
    );
  }
  return (
    <span class="actions">
      <button type="button" onClick={() => (task.value = { kind: 'reprice' })}>
        Reprice…
      </button>
      <button type="button" class="primary" onClick={() => (task.value = { kind: 'set', draft: blankDraft(), lost: [], usage: null })}>
        Set a price…
      </button>
    </span>
  );
}
