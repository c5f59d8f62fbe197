// The Prices page, put together.

import { Header } from './header.jsx';

export function Prices() {
  return (
    <div class="page">
      <Header />
      <main id="prices" tabIndex={-1} aria-label="Prices">
        <h1>Prices</h1>
      </main>
    </div>
  );
}
