// Where the public prices come from: in a line, and loud where something is wrong with it.

import { catalogue } from '../catalogue.js';
import { serverNow } from '../graphql.js';
import { absolute, ago } from '../instant.js';
import { CopyButton } from './copy-button.jsx';

export function CatalogueLine() {
  const known = catalogue.value.value;
  if (!known) return <span class="catalogue" />;
  const { source, version, updatedAt, checkedAt, models } = known;
  return (
    <span class="catalogue" data-testid="catalogue">
      <span class="wide-only" title={`Prices from ${source}, version ${version}`}>
        {shortName(source)} {version}
      </span>
      <span class="wide-only"> · </span>
      {models.toLocaleString('en')} models · <Age verb="updated" at={updatedAt} />
      {checkedAt && (
        <>
          , <Age verb="checked" at={checkedAt} />
        </>
      )}
    </span>
  );
}

function Age({ verb, at }) {
  return (
    <time dateTime={at} title={`${verb} ${absolute(at)}`}>
      {verb} {ago(at, serverNow())}
    </time>
  );
}

/** An address is long: its host will do. */
function shortName(source) {
  return URL.canParse(source) ? new URL(source).hostname : source;
}

export function CatalogueProblem() {
  const problem = catalogue.value.value?.problem;
  if (!problem) return null;
  const isHeld = /held back|livemeter prices accept/.test(problem);
  return (
    <section class="alarm" role="alert">
      <h2>The catalogue is not up to date</h2>
      <p>{problem}</p>
      {isHeld ? (
        <p>
          Look at the new prices, and if they are right, let them in on the server: <code>livemeter prices accept</code>{' '}
          <CopyButton text="livemeter prices accept" label="Copy" />
        </p>
      ) : (
        <p>The last good prices stay in force, and the server tries again by itself. Where it may not reach the internet, a newer livemeter brings newer prices.</p>
      )}
    </section>
  );
}
