// The page's head: where one is and may go, what the page itself puts there, and what concerns all pages.

import { route } from '../address.js';
import { ROUTES } from '../routes.js';
import { isAdmin, signOut, viewer } from '../session.js';
import { theme, toggleTheme } from '../theme.js';
import { Leave, Mark, Moon, Sun } from './icons.jsx';

export function Header({ children }) {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  return (
    <header class="head">
      <a class="brand" href="/">
        <Mark /> <span class="brand-name">Livemeter</span>
      </a>
      <span class="workspace" title="Workspace">
        {viewer.value?.workspace.name}
      </span>
      <nav aria-label="Pages">
        {ROUTES.filter(({ isForAdmins }) => !isForAdmins || isAdmin.value).map(({ name, paths, title }) => (
          <a key={name} href={paths[0]} aria-current={route.value?.name === name ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      <span class="space" />
      {children}
      <button type="button" class="plain" onClick={toggleTheme} aria-label={`Use the ${next} theme`} title={`Use the ${next} theme`}>
        {theme.value === 'dark' ? <Sun /> : <Moon />}
      </button>
      <button type="button" class="plain" onClick={signOut} aria-label="Sign out" title="Sign out">
        <Leave />
      </button>
    </header>
  );
}
