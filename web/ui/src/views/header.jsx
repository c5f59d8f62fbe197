// The page's head: where one is and may go, what the page itself puts there, and what concerns all pages.

import { useState } from 'preact/hooks';
import { route } from '../address.js';
import { ROUTES } from '../routes.js';
import { isAdmin, viewer } from '../session.js';
import { theme, toggleTheme } from '../theme.js';
import { Blockage } from './blockage.jsx';
import { Leave, Mark, Moon, Person, Sun } from './icons.jsx';
import { Lazy, loadAccount, loadAlertBell } from './lazy.jsx';
import { SignOut } from './sign-out.jsx';
import { Workspace } from './workspace.jsx';

export function Header({ children }) {
  const [isAccount, setAccount] = useState(false);
  const next = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <>
      <header class="head">
        <a class="brand" href="/">
          <Mark /> <span class="brand-name">Livemeter</span>
        </a>
        <Workspace />
        <nav aria-label="Pages">
          {ROUTES.filter(({ isForAdmins }) => !isForAdmins || isAdmin.value).map(({ name, paths, title }) => (
            <a key={name} href={paths[0]} aria-current={route.value?.name === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="space" />
        {children}
        {viewer.value?.scopes.includes('USAGE_READ') && (
          <span class="bell">
            <Lazy load={loadAlertBell} />
          </span>
        )}
        <button type="button" class="plain" onClick={toggleTheme} aria-label={`Use the ${next} theme`} title={`Use the ${next} theme`}>
          {theme.value === 'dark' ? <Sun /> : <Moon />}
        </button>
        {viewer.value?.email && (
          <button type="button" class="plain" onClick={() => setAccount(true)} aria-label="Your account" title={viewer.value.email}>
            <Person />
          </button>
        )}
        {isAccount && <Lazy load={loadAccount} onClose={() => setAccount(false)} />}
        <SignOut class="plain" aria-label="Sign out" title="Sign out">
          <Leave />
        </SignOut>
      </header>
      <Blockage />
    </>
  );
}
