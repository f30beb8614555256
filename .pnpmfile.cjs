/** openai 7 asks for Node 22, but what is tested of it here runs on 20 as well. */
function readPackage(manifest) {
  if (manifest.name === 'openai') delete manifest.engines;
  return manifest;
}

module.exports = { hooks: { readPackage } };
