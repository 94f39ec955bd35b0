// Greets everybody in the input. Its twin in Python leaves the same behind.
import { Actor } from 'apify';

await Actor.init();
const { names, greeting, password = '' } = await Actor.getInput();
await Actor.setStatusMessage('Greeting');
for (const name of names) await Actor.pushData({ text: `${greeting}, ${name}!` });
await Actor.setValue('OUTPUT', { greeted: names.length, passwordLength: password.length });
await Actor.exit(`Greeted ${names.length}`);
