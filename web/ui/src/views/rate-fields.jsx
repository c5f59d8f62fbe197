// The rates of a price as fields: unit, dollars, for how many, above how many input tokens.

import { grouped } from '../amount.js';
import { rateOf } from '../price-draft.js';
import { perOf, UNITS } from '../units.js';
import { Cross } from './icons.jsx';

/** `hasFocus`: what is priced is given, and one begins with the amount. */
export function RateFields({ hasFocus, rates, isCustom, problems, onChange }) {
  function set(index, changes, name) {
    const next = rates.map((rate, place) => (place === index ? { ...rate, ...changes } : rate));
    onChange({ rates: next }, `rates[${index}].${name}`);
  }

  /** A unit that is known brings the number that its price is quoted for. */
  function setUnit(index, unit) {
    const per = isCustom ? null : perOf(unit);
    set(index, per === null ? { unit } : { unit, per: grouped(String(per)) }, 'unit');
  }

  return (
    <fieldset class="rate-fields">
      <legend>{isCustom ? 'Rate' : 'Rates'}</legend>
      {rates.map((rate, index) => {
        const field = (name, label, property, extra) => (
          <RateField
            label={label}
            number={index + 1}
            value={rate[property]}
            problem={problems[`rates[${index}].${name}`]}
            onInput={(value) => set(index, { [property]: value }, name)}
            {...extra}
          />
        );
        return (
          <div class="rate" key={index} role="group" aria-label={`Rate ${index + 1}`}>
            {field('unit', 'Unit', 'unit', {
              list: isCustom ? undefined : 'units',
              onInput: (value) => setUnit(index, value),
            })}
            {field('amount', 'US dollars', 'amount', { inputMode: 'decimal', isNumber: true, autofocus: hasFocus && index === 0 })}
            {field('per', 'for', 'per', { inputMode: 'numeric', isNumber: true })}
            {!isCustom && field('aboveInputTokens', 'Above input tokens', 'above', { inputMode: 'numeric', isNumber: true, placeholder: 'any' })}
            {rates.length > 1 && (
              <button
                type="button"
                class="plain"
                aria-label={`Remove rate ${index + 1}`}
                onClick={() => onChange({ rates: rates.filter((_, place) => place !== index) })}
              >
                <Cross />
              </button>
            )}
          </div>
        );
      })}
      {problems.rates && <p class="problem">{problems.rates}</p>}
      {!isCustom && (
        <button type="button" class="small" onClick={() => onChange({ rates: [...rates, rateOf('')] })}>
          Add a rate
        </button>
      )}
      <datalist id="units">
        {UNITS.map((unit) => (
          <option key={unit} value={unit} />
        ))}
      </datalist>
    </fieldset>
  );
}

function RateField({ label, number, value, problem, isNumber, onInput, ...attributes }) {
  const id = `rate-${number}-${label.toLowerCase().replace(/\W/g, '-')}`;
  return (
    <span class={`rate-field ${isNumber ? 'number' : ''}`}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        onInput={(event) => onInput(event.target.value)}
        {...attributes}
      />
      {problem && (
        <span id={`${id}-problem`} class="problem">
          {problem}
        </span>
      )}
    </span>
  );
}
