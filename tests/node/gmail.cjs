// Runs one scene with googleapis' Gmail client and prints what came of it as JSON. Usage: node gmail.cjs SCENE, with the
// scene's facts as JSON on standard input. Nothing in here knows of the emulator.
"use strict";

const { Readable } = require("node:stream");
const { google } = require("googleapis");

const userId = "me";

function mailbox(facts) {
  const auth = new google.auth.OAuth2(facts.client_id, facts.client_secret);
  auth.setCredentials({ refresh_token: facts.refresh_token });
  return google.gmail({ version: "v1", auth }).users;
}

function message(to, subject, text, more = []) {
  return [`To: ${to}`, `Subject: ${subject}`, ...more, "", text].join("\r\n");
}

const raw = (text) => Buffer.from(text).toString("base64url");

const scenes = {
  async remove(users, facts) {
    const answer = await users.messages.delete({ userId, id: facts.id });
    return { status: answer.status, data: answer.data };
  },
  async list(users) {
    return (await users.messages.list({ userId })).data;
  },
  async send(users, facts) {
    const answer = await users.messages.send({ userId, requestBody: { raw: raw(message(facts.to, "hi", "Hello")) } });
    return answer.data;
  },
  async upload(users, facts) {
    const first = await users.messages.send({ userId, requestBody: { raw: raw(message(facts.to, "plan", "one")) } });
    const answer = await users.messages.send({
      userId,
      requestBody: { threadId: first.data.threadId },
      media: { mimeType: "message/rfc822", body: Readable.from([message(facts.to, "Re: plan", "two")]) },
    });
    return { first: first.data, answer: answer.data };
  },
  async draft(users, facts) {
    const made = await users.drafts.create({ userId, requestBody: { message: { raw: raw(message(facts.to, "d", "1")) } } });
    const changed = await users.drafts.update({
      userId,
      id: made.data.id,
      requestBody: { message: { raw: raw(message(facts.to, "d", "2")) } },
    });
    const sent = await users.drafts.send({ userId, requestBody: { id: made.data.id } });
    const listed = await users.drafts.list({ userId });
    return { made: made.data, changed: changed.data, sent: sent.data, listed: listed.data };
  },
  async synchronise(users, facts) {
    const profile = await users.getProfile({ userId });
    const label = await users.labels.create({ userId, requestBody: { name: "Work/Now" } });
    await users.messages.modify({ userId, id: facts.id, requestBody: { addLabelIds: [label.data.id, "STARRED"] } });
    await users.messages.batchModify({ userId, requestBody: { ids: [facts.id], removeLabelIds: ["UNREAD"] } });
    await users.messages.trash({ userId, id: facts.id });
    const history = await users.history.list({
      userId,
      startHistoryId: profile.data.historyId,
      historyTypes: ["labelAdded", "labelRemoved"],
    });
    return history.data;
  },
  async conflict(users) {
    await users.labels.create({ userId, requestBody: { name: "P/A" } });
    return users.labels.create({ userId, requestBody: { name: "p-a" } });
  },
};

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const facts = JSON.parse(Buffer.concat(chunks).toString());
  try {
    process.stdout.write(JSON.stringify({ done: await scenes[process.argv[2]](mailbox(facts), facts) }));
  } catch (error) {
    const data = error.response?.data;
    process.stdout.write(JSON.stringify({ failed: { status: error.status, message: error.message, data } }));
  }
}

main();
