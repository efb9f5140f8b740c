// Lints what deploy/ offers: each file by the checker of its own system, and each checker by a file that it must refuse.
// node lint.mjs DEPLOY_FOLDER GATEPROOF
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { structureProblems } from "./jenkinsfile.mjs";

const [deploy, gateproof] = process.argv.slice(2);
const require = createRequire(join(process.env.GATEPROOF_NODE_DIR, "package.json"));
const yaml = require("yaml");
const scratch = mkdtempSync(join(tmpdir(), "gateproof-deploy-"));
let failures = 0;
let passed = 0;

/// `refusal`: the problem that must be among them; none: there must be no problem.
function expect(what, problems, refusal) {
    const good = refusal ? problems.some((problem) => refusal.test(problem)) : problems.length === 0;
    good ? passed++ : failures++;
    console.log(`${good ? "ok" : "NOT OK"} - ${what}${good ? "" : ": " + (problems.join("; ") || "was not refused")}`);
}
const text = (name) => readFileSync(join(deploy, name), "utf8");
const found = (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

// Each checker gives a list of problems.
const { validateWorkflow } = await import(require.resolve("@action-validator/core"));
const workflowProblems = (source) => validateWorkflow(source).errors.map((error) => `${error.path ?? ""} ${error.title}`);

function gitlabProblems(source) {
    const folder = mkdtempSync(join(scratch, "gitlab-"));
    writeFileSync(join(folder, ".gitlab-ci.yml"), source);
    const git = (...words) => execFileSync("git", ["-C", folder, ...words], { stdio: "ignore" });
    git("init", "--quiet");
    git("remote", "add", "origin", "git@gitlab.example:group/project.git");
    git("-c", "user.name=t", "-c", "user.email=t@example", "commit", "--allow-empty", "--quiet", "-m", "t");
    const ran = spawnSync(process.execPath, [require.resolve("gitlab-ci-local"), "--list-json",
        "--variable", "CI_PIPELINE_SOURCE=schedule"], { cwd: folder, encoding: "utf8", env: { ...process.env, HOME: folder } });
    if (ran.status !== 0) {
        return [(ran.stdout + ran.stderr).trim().slice(-600)];
    }
    const jobs = JSON.parse(ran.stdout.slice(ran.stdout.indexOf("[")));
    return jobs.length > 0 ? [] : ["no job would run"];
}

/// A view of a value that notes which members are looked at. The validators of kubernetes-models let unknown keys pass,
/// but they read every key that they know: what nobody has read is misspelt.
function watched(value, path, unread) {
    if (value === null || typeof value !== "object") {
        return value;
    }
    const children = Array.isArray(value) ? [] : {};
    for (const key of Object.keys(value)) {
        const place = `${path}/${key}`;
        unread.add(place);
        children[key] = watched(value[key], place, unread);
    }
    return new Proxy(children, {
        get(target, key) {
            unread.delete(`${path}/${String(key)}`);
            return target[key];
        },
    });
}

function kubernetesProblems(source) {
    return yaml.parseAllDocuments(source).flatMap((document) => {
        if (document.errors.length > 0) {
            return document.errors.map(String);
        }
        const object = document.toJS();
        const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["core", object.apiVersion];
        const name = ["Io", "K8s", "Api", group, version].map((part) => part[0].toUpperCase() + part.slice(1)).join("") + object.kind;
        const { validate } = require(join(process.env.GATEPROOF_NODE_DIR, `node_modules/kubernetes-models/_schemas/${name}.js`));
        const unread = new Set();
        const valid = validate(watched(object, "", unread));
        const problems = valid ? [] : validate.errors.map((error) => `${object.kind}${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`);
        return [...problems, ...[...unread].filter((place) => !unread.has(place.replace(/\/[^/]*$/, ""))).map((place) => `${object.kind}: unknown key ${place}`)];
    });
}

function systemdProblems(service, timer) {
    const folder = mkdtempSync(join(scratch, "systemd-"));
    writeFileSync(join(folder, "gateproof.service"), service.replace("/usr/bin/gateproof", gateproof));
    writeFileSync(join(folder, "gateproof.timer"), timer);
    const ran = spawnSync("systemd-analyze", ["verify", "--man=no", join(folder, "gateproof.service"), join(folder, "gateproof.timer")],
        { encoding: "utf8" });
    // What other units of this machine lack is not our affair.
    const ours = ran.stderr.split("\n").filter((line) => line.includes("gateproof."));
    return ran.status === 0 && ours.length === 0 ? [] : [ran.stderr.trim() || `exit ${ran.status}`];
}

const bashProblems = (source) => {
    const ran = spawnSync("bash", ["-n"], { input: source, encoding: "utf8" });
    return ran.status === 0 ? [] : [ran.stderr];
};

const helps = new Map();
/// Options on the lines that call gateproof, held against the program's own help.
function optionProblems(source) {
    const joined = source.replace(/\\\n\s*/g, " ").replace(/command: \[gateproof\]\s*args:\s*/g, "gateproof ")
        .replace(/\n\s*- (?=run\n|\/profile|--)/g, " ");
    const problems = [];
    for (const [, command, rest] of joined.matchAll(/gateproof\}?"? (run|merge|report|compare|history)\b([^\n|]*)/g)) {
        if (!helps.has(command)) {
            helps.set(command, execFileSync(gateproof, [command, "--help"], { encoding: "utf8" }));
        }
        for (const [option] of rest.replace(/ #.*/, "").matchAll(/--[a-z][a-z-]*/g)) {
            if (!new RegExp(`${option}\\b(?!-)`).test(helps.get(command))) {
                problems.push(`gateproof ${command} has no ${option}`);
            }
        }
    }
    return problems;
}

try {
    const workflow = text("github/gateproof.yml");
    expect("github workflow", workflowProblems(workflow));
    expect("a workflow without runs-on is refused", workflowProblems(workflow.replace(/runs-on:.*/, "")), /runs-on|OneOf|oneOf|normalJob/i);
    expect("a workflow that needs no known job is refused", workflowProblems(workflow.replace("needs: judge", "needs: jugde")), /jugde|unresolved/i);

    const gitlab = text("gitlab/gateproof.gitlab-ci.yml");
    expect("gitlab template", gitlabProblems(gitlab));
    expect("a template with an unknown retry reason is refused", gitlabProblems(gitlab.replace("runner_system_failure", "bad_mood")), /bad_mood|retry/);
    expect("a template that needs no known job is refused", gitlabProblems(gitlab.replace("needs: [gateproof]", "needs: [gatepoof]")), /gatepoof/);

    for (const name of ["indexed-job.yaml", "cronjob.yaml"]) {
        const manifest = text(`kubernetes/${name}`);
        expect(`kubernetes ${name}`, kubernetesProblems(manifest));
        expect(`${name} with a misspelt key is refused`, kubernetesProblems(manifest.replace("restartPolicy:", "restartPolice:")), /unknown key .*restartPolice/);
        expect(`${name} with a number for a name is refused`, kubernetesProblems(manifest.replace(/claimName: [\w-]+/, "claimName: 17")), /claimName type/);
    }

    if (found("systemd-analyze")) {
        const service = text("systemd/gateproof.service");
        const timer = text("systemd/gateproof.timer");
        expect("systemd service and timer", systemdProblems(service, timer));
        expect("a service with an unknown key is refused", systemdProblems(service.replace("ProtectHome=", "ProtectHouse="), timer), /ProtectHouse/);
        expect("a timer that names no time is refused", systemdProblems(service, timer.replace(/OnCalendar=.*/, "OnCalendar=at night")), /at night|OnCalendar/);
    } else {
        console.log("skipped - systemd units (systemd-analyze is missing)");
    }

    const jenkins = text("jenkins/Jenkinsfile");
    expect("Jenkinsfile", structureProblems(jenkins));
    expect("a Jenkinsfile with an unknown section is refused", structureProblems(jenkins.replace("triggers {", "trigger {")), /no section trigger/);
    expect("a Jenkinsfile without agent is refused", structureProblems(jenkins.replace(/agent none.*/, "")), /^no agent/m);
    expect("a Jenkinsfile whose stage has no agent is refused", structureProblems(jenkins.replace(/agent \{.*\}/, "")), /steps and no agent/);
    expect("a Jenkinsfile with a stage that does nothing is refused", structureProblems(jenkins.replace("steps {", "input {")), /exactly one of steps/);
    // Options of a stage wrap its agent, so that a retry allocates one anew; around the pipeline's agent it would not.
    expect("a retry is given an agent of its own", /retry\(/.test(jenkins) && /^    agent none\b/m.test(jenkins) ? [] : ["it has that of the pipeline"]);
    expect("a Jenkinsfile with an open brace is refused", structureProblems(jenkins.replace(/\}\s*$/, "")), /is not closed/);

    expect("slurm script", bashProblems(text("slurm/gateproof.sbatch")));
    expect("container script", bashProblems(text("container/image.sh")));

    for (const folder of readdirSync(deploy, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
        for (const file of readdirSync(join(deploy, folder.name))) {
            const source = text(join(folder.name, file));
            expect(`options of gateproof in ${folder.name}/${file}`, optionProblems(source));
            if (/\.ya?ml$/.test(file) && found("yamllint")) {
                const ran = spawnSync("yamllint", ["--strict", "-d", "{extends: default, rules: {line-length: {max: 140}, document-start: disable, truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}, braces: {max-spaces-inside: 1}}}", join(deploy, folder.name, file)], { encoding: "utf8" });
                expect(`yamllint of ${folder.name}/${file}`, ran.status === 0 ? [] : [ran.stdout]);
            }
        }
    }
    // What runs beside a key is named by its contents, and only what judges has the key.
    const unpinnedActions = (source) => [...source.matchAll(/uses: *(\S+)/g)].map(([, action]) => action).filter((action) => !/@[0-9a-f]{40}$/.test(action));
    expect("every action is named by its commit", unpinnedActions(workflow));
    expect("an action by its tag is noticed", unpinnedActions(workflow.replace(/@[0-9a-f]{40}/, "@v4")), /@v4/);
    const unchecked = (source) => source.split(/- name: Install/).slice(1).filter((step) => !/curl[^]*sha256sum --check[^]*apt-get install/.test(step.split(/\n {6}- /)[0]));
    expect("a package is checked before it is installed", unchecked(workflow));
    expect("an unchecked package is noticed", unchecked(workflow.replace(/.*sha256sum --check.*\n/, "")), /curl/);
    for (const file of ["kubernetes/cronjob.yaml", "kubernetes/indexed-job.yaml"]) {
        const tags = (source) => [...source.matchAll(/image: *(\S+)/g)].map(([, image]) => image).filter((image) => !/@sha256:[0-9a-f]{64}$/.test(image));
        expect(`images of ${file} are named by their digest`, tags(text(file)));
        expect(`an image by its tag is noticed in ${file}`, tags(text(file).replace(/@sha256:\w+/, ":0.1.0")), /:0\.1\.0/);
    }
    const keyForAll = (source) => (/credentials\(/.test(source.slice(0, source.indexOf("stages {"))) ? ["a credential outside of a stage"] : []);
    expect("credentials are of one stage", keyForAll(jenkins));
    expect("credentials of the whole pipeline are noticed", keyForAll(jenkins.replace("stages {", "environment { K = credentials('k') }\n stages {")), /outside/);
    // A job that is green by a list of accepted failures has reports that say the same: the journal that they are made of
    // carries it, from the merge or else the run that wrote it. And one endpoint is not split.
    const forgetful = (source) => {
        const commands = source.replaceAll(/\\?\n +(?=--)/g, " ").split("\n").filter((line) => !/^\s*#/.test(line));
        const writers = commands.filter((line) => /gateproof merge /.test(line));
        return (writers.length > 0 ? writers : commands.filter((line) => /gateproof run /.test(line))).filter((line) => !line.includes("--known"));
    };
    for (const file of ["github/gateproof.yml", "gitlab/gateproof.gitlab-ci.yml", "jenkins/Jenkinsfile", "systemd/gateproof.service"]) {
        expect(`every report of ${file} knows what is accepted`, forgetful(text(file)));
    }
    expect("a report that forgets the list is noticed", forgetful(workflow.replace("--out run.jsonl --known gateproof/known.json", "--out run.jsonl")), /gateproof merge/);
    expect("one endpoint is one job", /shard: \[1\]/.test(workflow) ? [] : ["it is split by default"]);
    expect("an option that gateproof does not have is noticed", optionProblems("gateproof run x --sharde 1/2\n"), /no --sharde/);
} finally {
    rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failures} failed`);
process.exit(failures === 0 && passed > 20 ? 0 : 1);
