/* Runs in the browser, in a file of its own: the page's policy allows no inline script. */

async function initialize() {
  const spec = await (await fetch('/openapi.json')).json();
  document.title = spec.info.title;
  // The document names the private network's hosts; the reader of this page reached the service under another name (an
  // SSH tunnel), and the page's policy lets it call nothing but its own origin.
  spec.servers = [{ url: window.location.origin, description: 'This service' }];
  window.SwaggerUIBundle({
    spec,
    dom_id: '#swagger-ui',
    validatorUrl: null,
    queryConfigEnabled: false,
    persistAuthorization: false,
  });
}

void initialize();
