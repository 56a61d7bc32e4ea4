/** A step type to start from, and what it says about itself; it vets and runs as it is. */
export interface Scaffold {
  readonly name: string;
  readonly description: string;
}

export function cueScaffold({ name, description }: Scaffold): string {
  return `import "vela/op"

${JSON.stringify(name)}: {
	type:        "workflow-step"
	description: ${JSON.stringify(description)}
	annotations: {}
	labels: {}
}

template: {
	// Ops run in the order of their fields, each of them once.
	log: op.#Log & {
		data: text
	}

	// What a step can hand on: \`outputs: [{name: greeting, valueFrom: text}]\`.
	text: "Hello, \\(parameter.who)!"

	parameter: {
		// +usage=Whom to greet.
		who: *"world" | string
	}
}
`;
}

export function yamlScaffold({ name, description }: Scaffold): string {
  return `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: ${name}
  annotations:
    definition.oam.dev/description: ${JSON.stringify(description)}
spec:
  schematic:
    sluice:
      parameters:
        type: object
        properties:
          who:
            type: string
            default: world
            description: Whom to greet.
      # Taken from the top: a value is computed, an op is done once.
      ops:
        - id: text
          value: Hello, \${ parameter.who }!
        - id: log
          op: log
          with:
            data: \${ text }
      # What a step can hand on: outputs: [{name: greeting, valueFrom: text}].
      outputs:
        text:
          description: The greeting.
          schema:
            type: string
          value: \${ text }
`;
}
