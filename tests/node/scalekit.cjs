// Drives @scalekit-sdk/node, one JSON command a line on standard input, one JSON answer a line on standard output.
// argv[2] names the package, so that several versions of the SDK can be driven by one script.
const readline = require('node:readline');

const { ScalekitClient } = require(process.argv[2]);

let client = null;

function plain(value) {
    return JSON.parse(JSON.stringify(value ?? null, (_, each) => (typeof each === 'bigint' ? Number(each) : each)));
}

function told(error) {
    return {
        name: error.constructor.name,
        message: error.message,
        errorCode: error.errorCode,
        httpStatus: error.httpStatus ?? error.response?.status,
        toolErrorMessage: error.toolErrorMessage,
        toolErrorCode: error.toolErrorCode,
    };
}

async function poll({ args, every, limit }) {
    const deadline = Date.now() + limit;
    while (Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, every));
        const { connectedAccount } = await client.actions.getOrCreateConnectedAccount(args);
        if (connectedAccount.status === 1) return connectedAccount.id;
    }
    throw new Error(`Timed out after ${limit} ms`);
}

async function perform({ op, args }) {
    if (op === 'new') {
        client = new ScalekitClient(...args);
        return true;
    }
    if (op === 'poll') return poll(args);
    if (op === 'together') return Promise.allSettled(args.map(perform)).then((all) => all.map((each) => each.status));
    const answer = await client.actions[op](...args);
    return op === 'request' ? { status: answer.status, data: answer.data } : answer;
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
    try {
        process.stdout.write(`${JSON.stringify({ value: plain(await perform(JSON.parse(line))) })}\n`);
    } catch (error) {
        process.stdout.write(`${JSON.stringify({ error: told(error) })}\n`);
    }
});
