// What the scripts share: options from the test, lines of JSON to it, waiting for the server.

export const options = JSON.parse(process.argv[2])

export const say = (what) => console.log(JSON.stringify(what))

// The wait that the documentation of graphql-ws suggests.
export async function serverIsBack() {
  const health = new URL('/livez', options.url.replace('ws', 'http'))
  while (!(await fetch(health).catch(() => null))?.ok) await new Promise((done) => setTimeout(done, 50))
}

// Subscribes; a retry sends the request anew, then with the cursor of the last update.
export function run(client) {
  const variables = { ...options.variables }
  const unsubscribe = client.subscribe(
    { query: options.query, variables },
    {
      next(result) {
        const cursor = result.data?.activity?.cursor
        if (cursor) variables.after = cursor
        say({ next: result })
      },
      error(error) {
        say({ error: Array.isArray(error) ? error : `${error.code ?? ''} ${error.reason ?? error}` })
        process.stdin.destroy()
      },
      complete() {
        say({ complete: true })
        process.stdin.destroy()
      },
    },
  )
  process.stdin.resume().on('end', unsubscribe)
}
