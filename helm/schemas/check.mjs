// Checks manifests against the models that npm has: each one's own validator for values, and the TypeScript compiler for
// keys, which refuses in a literal what a type does not name. Reads a JSON array of manifests from standard input; prints
// {"problems": [...], "unknown": [kinds without a model]}.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const CUSTOM = {
  "keda.sh": "@kubernetes-models/keda",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "argoproj.io": "@kubernetes-models/argo-workflows",
};
const ABSENT = new Set(["ERR_MODULE_NOT_FOUND", "ERR_PACKAGE_PATH_NOT_EXPORTED"]);

function modelOf({ apiVersion, kind }) {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return `${CUSTOM[group] ?? "kubernetes-models"}/${apiVersion}/${kind}`;
}

function label(manifest) {
  return `${manifest.kind}/${manifest.metadata?.name ?? manifest.metadata?.generateName}`;
}

/** Takes out what the version of the chart has and the older one that npm's models were made of does not know. */
function asOldAsTheModels(manifest) {
  if (manifest.kind === "ScaledObject" && manifest.spec?.fallback !== undefined) {
    delete manifest.spec.fallback.behavior; // of KEDA 2.20
  }
  return manifest;
}

/** What the validators say of values; and the manifests there is a model for. */
async function validated(manifests) {
  const problems = [];
  const unknown = new Set();
  const known = [];
  for (const manifest of manifests) {
    try {
      const model = await import(modelOf(manifest));
      known.push(manifest);
      new model[manifest.kind](manifest).validate();
    } catch (error) {
      if (ABSENT.has(error.code)) unknown.add(`${manifest.apiVersion}/${manifest.kind}`);
      else problems.push(`${label(manifest)}: ${error.message}`);
    }
  }
  return { problems, unknown: [...unknown], known };
}

/** What the compiler says of a file with all manifests as literals of their types. */
function compiled(manifests) {
  const file = join(fileURLToPath(new URL(".", import.meta.url)), "manifests.ts");
  const line = (manifest, i) => `export const m${i}: import("${modelOf(manifest)}").I${manifest.kind} = ${JSON.stringify(manifest)};`;
  const text = manifests.map(line).join("\n");
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, rest[0]) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((found) => {
    const at = found.file === undefined ? -1 : found.file.getLineAndCharacterOfPosition(found.start).line;
    const where = found.file?.fileName === file ? label(manifests[at]) : "types";
    return `${where}: ${ts.flattenDiagnosticMessageText(found.messageText, " ")}`;
  });
}

const { problems, unknown, known } = await validated(JSON.parse(readFileSync(0, "utf8")).map(asOldAsTheModels));
console.log(JSON.stringify({ problems: [...problems, ...compiled(known)], unknown }));
