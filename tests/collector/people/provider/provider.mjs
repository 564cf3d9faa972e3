// An OpenID Connect issuer on loopback, for tests: node provider.mjs REDIRECT_URI; prints its issuer once it listens.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const packages = createRequire(`${process.cwd()}/package.json`);
const { Provider } = await import(pathToFileURL(packages.resolve("oidc-provider")));
const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "preau", client_secret: "a-secret-of-the-tests", redirect_uris: [process.argv[2]] }],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: "canari@ecole.example" }) }),
    cookies: { keys: ["tests"] },
    pkce: { required: () => true },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
