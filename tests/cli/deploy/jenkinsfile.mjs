// The grammar of declarative pipelines, as far as it concerns which sections may stand where. Jenkins itself, and a
// Groovy compiler, need a JVM; what people break in a Jenkinsfile is its nesting.

const directives = {
    pipeline: ["agent", "environment", "options", "parameters", "triggers", "tools", "libraries", "stages", "post"],
    stage: ["agent", "environment", "options", "tools", "input", "when", "steps", "stages", "parallel", "matrix", "post",
        "failFast"],
    stages: ["stage"],
    parallel: ["stage"],
    post: ["always", "changed", "fixed", "regression", "aborted", "failure", "success", "unstable", "unsuccessful",
        "notBuilt", "cleanup"],
};
const work = ["steps", "stages", "parallel", "matrix"];

/// Comments and the insides of strings become spaces, so that only structure is left.
function bare(source) {
    const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
    return source.replace(token, (text) => (text[0] === "/" ? " " : text[0] + text[0]));
}

/// Blocks as a tree: { name, children, statements }.
function parse(source) {
    const root = { name: "", children: [], statements: [] };
    const open = [root];
    let pending = "";
    for (const character of bare(source)) {
        if (character === "{") {
            const lines = pending.split("\n").map((line) => line.trim()).filter(Boolean);
            const name = lines.pop() ?? "";
            open.at(-1).statements.push(...lines);
            const block = { name: name.replace(/\s*\(.*\)$/s, ""), children: [], statements: [] };
            open.at(-1).children.push(block);
            open.push(block);
            pending = "";
        } else if (character === "}") {
            open.at(-1).statements.push(...pending.split("\n").map((line) => line.trim()).filter(Boolean));
            pending = "";
            if (open.length === 1) {
                throw new Error("a closing brace too many");
            }
            open.pop();
        } else {
            pending += character;
        }
    }
    if (open.length > 1) {
        throw new Error(`the block ${open.at(-1).name} is not closed`);
    }
    root.statements.push(...pending.split("\n").map((line) => line.trim()).filter(Boolean));
    return root;
}

/// `served`: some agent is there already for what a stage does.
function visit(block, problems, served = false) {
    const allowed = directives[block.name];
    if (!allowed) {
        return; // steps and their blocks are Groovy of any kind
    }
    const sections = [...block.children.map((child) => child.name),
        ...block.statements.map((statement) => statement.split(/\s/)[0])];
    for (const name of sections) {
        if (!allowed.includes(name)) {
            problems.push(`${block.name} has no section ${name}`);
        }
    }
    const repeated = sections.filter((name, index) => name !== "stage" && sections.indexOf(name) !== index);
    problems.push(...repeated.map((name) => `${block.name} has ${name} twice`));
    if (block.name === "stage" && sections.filter((name) => work.includes(name)).length !== 1) {
        problems.push("a stage needs exactly one of steps, stages, parallel and matrix");
    }
    const agent = sections.includes("agent") ? !block.statements.includes("agent none") : served;
    if (block.name === "stage" && sections.includes("steps") && !agent) {
        problems.push("a stage has steps and no agent");
    }
    if (block.name === "pipeline") {
        problems.push(...["agent", "stages"].filter((name) => !sections.includes(name)).map((name) => `no ${name}`));
    }
    if (Object.hasOwn(directives, block.name) && sections.length === 0) {
        problems.push(`${block.name} is empty`);
    }
    block.children.forEach((child) => visit(child, problems, agent));
}

export function structureProblems(source) {
    try {
        const root = parse(source);
        const problems = [];
        if (root.children.length !== 1 || root.children[0].name !== "pipeline" || root.statements.length > 0) {
            problems.push("there is one block, pipeline, and nothing beside it");
        }
        root.children.forEach((child) => visit(child, problems));
        return problems;
    } catch (problem) {
        return [problem.message];
    }
}
