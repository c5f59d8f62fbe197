// Puts GraphiQL's own files beside the page's, so that no other host is asked for them.
import { copyFile, mkdir } from 'node:fs/promises';
import { basename } from 'node:path';

const FILES = [
  'graphiql/graphiql.min.js',
  'graphiql/graphiql.min.css',
  'react/umd/react.production.min.js',
  'react-dom/umd/react-dom.production.min.js',
  'graphql-ws/umd/graphql-ws.min.js',
];
const TARGET = new URL('../static/graphiql/', import.meta.url);

await mkdir(TARGET, { recursive: true });
for (const file of FILES) {
  await copyFile(
    new URL(`./node_modules/${file}`, import.meta.url),
    new URL(basename(file), TARGET),
  );
}
