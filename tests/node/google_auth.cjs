// Runs one scene with Google's JavaScript client and prints what came of it as JSON. Usage: node google_auth.cjs SCENE,
// with the scene's facts as JSON on standard input. Nothing in here knows of the emulator.
"use strict";

const { OAuth2Client, JWT } = require("google-auth-library");

const PROFILE = "https://gmail.googleapis.com/gmail/v1/users/me/profile";

function client(facts, options = {}) {
  const made = new OAuth2Client({ clientId: facts.client_id, clientSecret: facts.client_secret, ...options });
  made.setCredentials({ refresh_token: facts.refresh_token, ...(facts.credentials || {}) });
  return made;
}

function told(error) {
  return {
    message: error.message,
    status: error.status ?? error.response?.status,
    data: error.response?.data,
  };
}

const scenes = {
  async refresh(facts) {
    const { credentials } = await client(facts).refreshAccessToken();
    return credentials;
  },
  async profile(facts) {
    const answer = await client(facts).request({ url: PROFILE });
    return answer.data;
  },
  async revoke(facts) {
    const made = client(facts);
    const answer = await made.revokeToken(facts.refresh_token);
    return { status: answer.status, after: await made.refreshAccessToken().catch(told) };
  },
  async exchange(facts) {
    const made = new OAuth2Client({ clientId: facts.client_id, clientSecret: facts.client_secret });
    const { tokens } = await made.getToken({
      code: facts.code, redirect_uri: facts.redirect_uri, codeVerifier: facts.verifier,
    });
    const ticket = await made.verifyIdToken({ idToken: tokens.id_token, audience: facts.client_id });
    return { tokens, claims: ticket.getPayload() };
  },
  async tokeninfo(facts) {
    return client(facts).getTokenInfo(facts.access_token);
  },
  async service_account(facts) {
    const made = new JWT({
      email: facts.key.client_email, key: facts.key.private_key, keyId: facts.key.private_key_id,
      scopes: facts.scopes, subject: facts.subject,
    });
    return made.authorize();
  },
};

let given = "";
process.stdin.on("data", (part) => { given += part; });
process.stdin.on("end", async () => {
  const scene = scenes[process.argv[2]];
  const outcome = await scene(JSON.parse(given)).then((done) => ({ done }), (error) => ({ error: told(error) }));
  process.stdout.write(JSON.stringify(outcome));
});
