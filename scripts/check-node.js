// npm scripts must run on the Node that the lockfile brings, whatever Node started npm.
const [major = 0] = process.versions.node.split('.').map(Number);
console.log(`npm scripts run on Node ${process.versions.node}`);
process.exitCode = major >= 24 ? 0 : 1;
