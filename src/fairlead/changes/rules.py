"""By which paths and which words the nature of a file is known: tables, read by ``nature.py``.

In each table the first pattern that is found in the path wins; its words say why. The tables follow
what people know from linguist (vendor.yml, generated.rb, documentation.yml) and from Prow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that is searched in a path, and what it says of the file."""

    pattern: re.Pattern[str]
    because: str


def _rules(*rows: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern, re.IGNORECASE), because) for because, pattern in rows)


STEERING = _rules(
    (
        "it instructs a coding agent",
        r"(^|/)(?-i:(AGENTS?(\.override|\.local)?|CLAUDE(\.local)?|GEMINI|QWEN|WARP|JULES|CRUSH|REPLIT|SKILL"
        r"|CONVENTIONS)\.md)$|(^|/)copilot-instructions\.md$|^(agents?|claude|gemini)\.md$",
    ),
    (
        "it instructs a coding agent",
        r"(^|/)\.(cursorrules|windsurfrules|clinerules|goosehints|rules|roorules|aiignore|cursorignore)$",
    ),
    ("it instructs a coding agent", r"^\.github/(instructions|prompts|agents|chatmodes|skills)/"),
    ("it is a prompt that a program reads", r"(^|/)prompts?/.*\.(md|txt|rst|j2|jinja)$"),
    (
        "it is a template that the code host fills in",
        r"(^|/)(pull_request|issue|merge_request)_templates?\b",
    ),
    ("it is a workflow written as prose", r"^\.github/workflows/.*\.md$"),
    ("it says what the next release is", r"(^|/)\.(changeset|changes|nextrelease)/"),
    (
        "it configures a tool: it lies in a hidden folder",
        r"(^|/)\.(?!github/|git/|gitlab/)[^/]+/.*\.(md|mdc|mdx|txt|rst)$",
    ),
)
"""Files that look like prose, or lie anywhere, and steer a tool or an agent: configuration."""

INFRASTRUCTURE = _rules(
    ("it configures CI", r"^\.(github|forgejo|gitea)/(workflows|actions|scripts)/"),
    ("it configures CI", r"(^|/)action\.ya?ml$"),
    ("it configures CI", r"^\.(circleci|buildkite|semaphore|woodpecker|teamcity|ci|tekton|gitlab/ci)/"),
    (
        "it configures CI",
        r"(^|/)(\.gitlab-ci|\.travis|\.?appveyor|\.drone|\.woodpecker|\.cirrus|azure-pipelines[^/]*"
        r"|bitbucket-pipelines|buildspec|cloudbuild|codefresh|\.gitpod)\.ya?ml$",
    ),
    ("it configures CI", r"(^|/)jenkinsfile([.-][^/]*)?$"),
    ("it builds a container", r"(^|/)((docker|container)file([.-][^/]*)?|[^/]+\.dockerfile)$"),
    (
        "it builds a container",
        r"(^|/)(\.dockerignore|\.containerignore)$|(^|/)\.devcontainer(/|\.json$)",
    ),
    ("it composes containers", r"(^|/)(docker-|podman-)?compose([.-][^/]*)?\.ya?ml$"),
    ("it declares infrastructure", r"\.(tf|tfvars|tofu|hcl|bicep|pkr\.hcl|nomad)$|\.tf\.json$"),
    (
        "it is part of a Helm chart",
        r"(^|/)(chart|helmfile)\.ya?ml$|(^|/)(charts|helm)/.*\.(ya?ml|tpl|json)$",
    ),
    (
        "it deploys to Kubernetes",
        r"(^|/)(k8s|kubernetes|kustomize)/.*\.(ya?ml|json|tpl|toml)$|(^|/)kustomization\.ya?ml$",
    ),
    (
        "it configures machines",
        r"(^|/)(ansible|playbooks|puppet|salt|terraform|cloudformation)/.*\.(ya?ml|json|pp|sls|j2|cfg|tpl)$",
    ),
    (
        "it deploys",
        r"(^|/)(deploy|deployments?|infra|infrastructure)/.*\.(ya?ml|json|toml|sh|conf|tpl)$",
    ),
    (
        "it deploys",
        r"(^|/)(procfile|vagrantfile|skaffold\.ya?ml|fly\.toml|netlify\.toml|vercel\.json|render\.ya?ml"
        r"|serverless\.ya?ml|cdk\.json|pulumi(\.[^/]+)?\.ya?ml|nginx[^/]*\.conf|wrangler\.toml)$",
    ),
    ("it is a unit of the init system", r"\.(service|timer|socket|mount)$"),
)

LOCKS = _rules(
    (
        "it is a lock file",
        r"(^|/)(poetry\.lock|uv\.lock|pdm\.lock|pixi\.lock|pipfile\.lock|pylock(\.[^/]+)?\.toml"
        r"|conda-lock\.ya?ml|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml"
        r"|bun\.lockb?|deno\.lock|cargo\.lock|gemfile\.lock|composer\.lock|go\.sum|go\.work\.sum"
        r"|mix\.lock|rebar\.lock|pubspec\.lock|flake\.lock|packages\.lock\.json|gradle\.lockfile"
        r"|buildscript-gradle\.lockfile|podfile\.lock|cartfile\.resolved|package\.resolved"
        r"|module\.bazel\.lock|\.terraform\.lock\.hcl|chart\.lock|gopkg\.lock)$",
    ),
)

MANIFESTS = _rules(
    ("it lists Python requirements", r"(^|/)([^/]*[-_.])?requirements([-_.][^/]*)?\.(txt|in|pip)$"),
    ("it lists Python requirements", r"(^|/)requirements[^/]*/[^/]+\.(txt|in|pip)$"),
    (
        "it lists Python requirements",
        r"(^|/)constraints?([-_.][^/]*)?\.(txt|in)$|(^|/)(setup\.py|pipfile)$",
    ),
    ("it lists a conda environment", r"(^|/)environment([-_.][^/]*)?\.ya?ml$"),
    (
        "it lists dependencies",
        r"(^|/)(cargo\.toml|go\.mod|go\.work|gemfile|composer\.json|pom\.xml|mix\.exs|pubspec\.yaml"
        r"|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|libs\.versions\.toml|build\.sbt|deno\.jsonc?"
        r"|package\.swift|podfile|pnpm-workspace\.yaml|vcpkg\.json|conanfile\.(py|txt)|\.gitmodules)$",
    ),
    ("it lists dependencies", r"\.(gemspec|csproj|fsproj|vbproj|nuspec|cabal|podspec)$"),
)

VENDORED = _rules(
    (
        "it lies in a folder of other people's code",
        r"(^|/)(_?vendor(ed)?|third[-_]?party|extern)/",
    ),
    (
        "it lies in a folder of other people's code",
        r"(^|/)(node_modules|bower_components|jspm_packages)/",
    ),
    (
        "it lies in a folder of other people's code",
        r"(^|/)(site-packages|dist-packages|\.yarn/releases)/",
    ),
    (
        "it is a well-known library",
        r"(^|/)(jquery|bootstrap|d3|lodash|react|vue|angular)([-.]\d[^/]*)\.(js|css)$",
    ),
    ("it wraps a build tool", r"(^|/)(gradlew(\.bat)?|mvnw(\.cmd)?|gradle/wrapper/.*)$"),
)

GENERATED = _rules(
    (
        "it is compiled from a protocol definition",
        r"(_pb2(_grpc)?\.pyi?|\.pb\.(go|cc|h)|_pb\.js|_grpc_pb\.js)$",
    ),
    ("it is minified", r"[.-]min\.(js|css|mjs)$"),
    ("it is a source map", r"\.(js|css|mjs|cjs|ts)\.map$"),
    ("it is a snapshot that a test run wrote", r"(^|/)__snapshots__/|\.(snap|ambr)$"),
    ("it was recorded by a test run", r"(^|/)cassettes/.*\.(ya?ml|json)$"),
    (
        "it is generated",
        r"\.(designer\.cs|g\.dart|freezed\.dart|generated\.[a-z]+)$|(^|/)__generated__/",
    ),
    ("it is generated", r"(^|/)_generated/"),
)

TEST_DATA = _rules(
    (
        "tests read it",
        r"(^|/)(testdata|test[-_]data|goldens?|__fixtures__|cassettes)/"
        r"|(^|/)tests?/(.*/)?(fixtures?|data|resources?|samples?|examples?|expected|inputs?|outputs?"
        r"|corpus|cases|assets|files|snapshots|projects?)/",
    ),
)
"""Folders whose files a test may read as data, whatever they look like."""

TESTS = _rules(
    ("it lies in a folder of tests", r"(^|/)(tests|__tests__|e2e)/"),
    (
        "it lies in a folder of tests",
        r"(^|/)(unit|integration|functional|acceptance|system|smoke|regression|load|api)[-_]?tests?/",
    ),
    ("it lies in a folder of tests", r"^(test|testing|spec|src/test)/"),
    ("its name is a test's", r"(^|/)(test_[^/]*|[^/]*_test|tests|conftest)\.py$"),
    (
        "its name is a test's",
        r"(_test\.(go|rb|exs|c|cc|cpp|dart|rs)|_spec\.rb|\.(test|spec)\.[cm]?[jt]sx?)$",
    ),
    ("its name is a test's", r"(?-i:(Tests?|Spec|IT))\.(java|kt|scala|cs|groovy|swift|php)$"),
)

_NAMED = (
    r"README|LICEN[CS]ES?|COPYING|NOTICE|AUTHORS|CONTRIBUTORS|MAINTAINERS|CHANGELOG|CHANGES|HISTORY|NEWS"
    r"|INSTALL|TODO|SECURITY|CODE_OF_CONDUCT|CONTRIBUTING|THANKS|PATENTS|UPGRADING|SUPPORT|GOVERNANCE"
    r"|RELEASE[-_]?NOTES|ACKNOWLEDGE?MENTS|CREDITS|BACKERS|RELEASING|FAQ|ROADMAP"
)

DOCUMENTATION = _rules(
    # Without a suffix, in capitals alone: scripts/install is a program, as is news.py.
    ("its name is a document's", rf"(^|/)(?-i:({_NAMED})([-.][A-Z0-9][A-Za-z0-9.-]*)?)$"),
    ("its name is a document's", rf"(^|/)({_NAMED})([-_][^/.]+)?\.(txt|html)$|(^|/)citation\.cff$"),
    ("it is prose", r"\.(md|markdown|mdown|rst|rest|adoc|asciidoc|textile|rdoc|pod|tex|bib|org)$"),
    ("it is a manual page", r"(^|/)man/.*\.[1-9]$"),
    (
        "it lies in a folder of documents",
        r"(^|/)(docs?|documentation|javadoc|wiki)/.*"
        r"\.(txt|png|jpe?g|gif|svg|webp|avif|ico|pdf|drawio|puml|mmd|dot|mp4|webm|css|inc|inv)$",
    ),
    ("it is a text at the top", r"^[^/]+\.txt$"),
)

READ_BY_PROGRAMS = _rules(
    (
        "a program fills it in",
        r"(^|/)(templates?|jinja2|mail_templates|email_templates|partials)/|\{\{",
    ),
    ("a program fills it in", r"\.(j2|jinja2?|tmpl|tpl|mustache|hbs|erb|ejs|mako|njk|liquid)$"),
)
"""Texts that are part of a program: source, whatever their names end in."""

CONFIGURATION = _rules(
    (
        "it builds the project",
        r"(^|/)(gnu)?makefile([-_.][^/]+)?$|(^|/)(justfile|cmakelists\.txt|meson\.build|meson_options\.txt"
        r"|build\.bazel|build|workspace|module\.bazel|rakefile|taskfile\.ya?ml|noxfile\.py|make\.bat"
        r"|configure\.ac|sconstruct|pants\.toml)$|\.(mk|cmake|bzl|bazel)$",
    ),
    ("it builds the project", r"^(fabfile|dodo|tasks|pavement)\.py$"),
    ("it configures the documentation's build", r"(^|/)(docs?|documentation)/(.*/)?conf\.py$"),
    ("it configures the documentation's build", r"(^|/)(docs?|documentation)/.*_templates/"),
    ("it configures a tool", r"(^|/)(tsconfig|jsconfig)[^/]*\.json$|\.config\.[cm]?[jt]s$"),
    ("it configures a tool", r"(^|/)(codeowners|owners|owners_aliases|manifest\.in|version(\.txt)?)$"),
    ("it configures a tool: it is hidden", r"(^|/)\.[^/]+(/|$)"),
    (
        "it is written in a configuration language",
        r"\.(toml|ya?ml|ini|cfg|conf|properties|env|json5|jsonc|cnf)$",
    ),
    ("it configures a tool: it lies at the top", r"^[^/]+\.(json|xml)$"),
)

DATA = _rules(
    (
        "it is data",
        r"\.(json|jsonl|ndjson|csv|tsv|parquet|feather|arrow|geojson|xml|xlsx?|ods|sqlite3?|db)$",
    ),
    (
        "it is data",
        r"\.(npy|npz|pkl|pickle|h5|hdf5|mat|rds|onnx|pt|bin|dat|avro|orc|warc|har|ics|txt|log)$",
    ),
    ("it is a translation", r"\.(po|pot|mo|xlf|xliff|arb|strings|resx)$"),
    ("it is an image", r"\.(png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|icns|psd)$"),
    ("it is a font, sound or film", r"\.(woff2?|ttf|otf|eot|mp3|ogg|wav|flac|mp4|webm|mov|avi)$"),
    ("it is an archive", r"\.(zip|tar|gz|bz2|xz|zst|7z|whl|jar|egg)$"),
    ("it holds certificates", r"\.(pem|crt|cer|key|p12|jks)$"),
)

MARKERS = re.compile(
    rb"@generated\b"
    rb"|code generated by .{0,200}do not (edit|modify)"
    rb"|\b(auto-?matically|auto-?|machine)[- ]?generated\b.{0,300}do not (edit|modify|change)"
    rb"|\b(auto-?matically|auto-?|machine)[- ]?generated by\b"
    rb"|\bthis (file|code|module) (is|was) (auto-?matically |auto-?|machine[- ])?generated (by|from)\b"
    rb"|generated.{0,200}(do not|don't) (edit|modify|change)"
    rb"|(do not|don't) (edit|modify)\b.{0,200}generated",
    re.IGNORECASE | re.DOTALL,
)
"""Words in a file's first comments by which it says that a program wrote it."""

COMPILED_REQUIREMENTS = re.compile(
    rb"^# *This file (is|was) autogenerated by (pip-compile|uv)\b", re.MULTILINE
)
"""How pip-compile and uv begin what they write: a lock file by another name."""

STEERING_KEYS = re.compile(
    rb"^(allowed-tools|tools|model|globs|alwaysApply|applyTo|engine|permissions|safe-outputs|agent|mode|hooks)"
    rb"[ \t]*:",
    re.MULTILINE,
)
"""Keys of a Markdown file's front matter that tell an agent or a tool what to do."""
