// Runs vendors' JavaScript clients, one after the other, in a process that knows of the emulator by its environment
// alone. Usage: node clients.mjs NAME…  Prints one JSON object: for each name what the client saw, or its error.
import http2 from "node:http2";
import https from "node:https";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

const require = createRequire(import.meta.url);
const PROFILE = "https://gmail.googleapis.com/gmail/v1/users/me/profile";
const SCALEKIT = "https://acme.scalekit.dev";

function textOf(stream) {
  return new Promise((resolve, reject) => {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (piece) => (text += piece)).on("end", () => resolve(text)).on("error", reject);
  });
}

function httpsGet() {
  return new Promise((resolve, reject) => {
    https.get(PROFILE, (response) => textOf(response).then(resolve, reject)).on("error", reject);
  });
}

function http2Request() {
  return new Promise((resolve, reject) => {
    const session = http2.connect(SCALEKIT).on("error", reject);
    const request = session.request({ ":path": "/v1/users/me" }).on("error", reject);
    textOf(request).then((text) => resolve([session.alpnProtocol, text]), reject).finally(() => session.close());
  });
}

function inWorker(program) {
  return new Promise((resolve, reject) => {
    new Worker(program, { eval: true }).on("message", resolve).on("error", reject);
  });
}

async function scalekit() {
  const { ScalekitClient } = await import("@scalekit-sdk/node");
  const client = new ScalekitClient(SCALEKIT, "id", "secret");
  const answer = await client.connectedAccounts.listConnectedAccounts({ connector: "gmail" });
  return answer.connectedAccounts.map((account) => account.identifier);
}

async function googleapis() {
  const { google } = await import("googleapis");
  const auth = new google.auth.OAuth2("id", "secret");
  auth.setCredentials({ refresh_token: "1//r" });
  return (await google.gmail({ version: "v1", auth }).users.getProfile({ userId: "me" })).data;
}

const CLIENTS = {
  fetch: async () => (await fetch(PROFILE)).json(),
  https: httpsGet,
  http2: http2Request,
  worker: () => inWorker(`fetch("${PROFILE}").then((r) => r.text()).then((t) => require("worker_threads").parentPort.postMessage(t))`),
  axios: async () => (await require("axios").get(PROFILE)).data,
  got: async () => (await import("got")).default(PROFILE).json(),
  got_http2: async () => (await import("got")).default(PROFILE, { http2: true }).json(),
  node_fetch: async () => (await (await import("node-fetch")).default(PROFILE)).json(),
  undici: async () => (await require("undici").request(PROFILE)).body.json(),
  googleapis,
  openai: async () => {
    const { default: OpenAI } = await import("openai");
    return (await new OpenAI({ apiKey: "sk-x" }).models.list()).data.map((model) => model.id);
  },
  notion: async () => {
    const { Client } = await import("@notionhq/client");
    return new Client({ auth: "secret_x" }).users.me({});
  },
  scalekit,
  apify_client: async () => {
    const { ApifyClient } = require("apify-client");
    return new ApifyClient({ token: "apify_api_token" }).keyValueStore("store").getRecord("INPUT");
  },
  apify: async () => {
    const { Actor } = require("apify");
    return Actor.newClient({ token: "apify_api_token" }).keyValueStore("store").getRecord("INPUT");
  },
};

const outcomes = {};
for (const name of process.argv.slice(2)) {
  try {
    outcomes[name] = { seen: await CLIENTS[name]() };
  } catch (error) {
    outcomes[name] = { error: `${error.stack}\n${error.cause ?? ""}` };
  }
}
console.log(`\n${JSON.stringify(outcomes)}`);
process.exit(0); // keep-alive sockets would hold the process for seconds
