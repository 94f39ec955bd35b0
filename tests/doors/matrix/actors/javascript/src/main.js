// Says whose mailbox it was let into, and with which options Node was started.
import { Actor } from 'apify';
import { google } from 'googleapis';

await Actor.init();
const { clientId, clientSecret, refreshToken } = await Actor.getInput();
const auth = new google.auth.OAuth2(clientId, clientSecret);
auth.setCredentials({ refresh_token: refreshToken });
const { data } = await google.gmail({ version: 'v1', auth }).users.getProfile({ userId: 'me' });
await Actor.pushData({ address: data.emailAddress, options: process.env.NODE_OPTIONS });
await Actor.exit();
