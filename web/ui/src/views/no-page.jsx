// An address that leads to no page.

import { Header } from './header.jsx';

export function NoPage() {
  return (
    <div class="page">
      <Header />
      <main tabIndex={-1} aria-label="No such page">
        <section class="notice">
          <h1>There is no page here</h1>
          <p>The address may have been cut off, or be of a page that is yet to come.</p>
          <p>
            <a href="/activity">Go to Activity</a>
          </p>
        </section>
      </main>
    </div>
  );
}
