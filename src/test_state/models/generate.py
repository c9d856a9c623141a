#!/usr/bin/env python3
"""Writes shapes.txt: what the responses of AWS services look like, from the public models that botocore carries.

    pip download --no-deps botocore && python3 generate.py botocore-*.whl > shapes.txt

The format, a section a service:

    @states sfn                 the service as Resources name it, then as `aws-sdk:` ones do
    =DescribeExecution Output   an operation and the shape of its response
    Output Name!=s1-80 ...      a structure: members as Step Functions spells them, `!` where one is required
    Status |RUNNING|FAILED      the values of a string

Types: `s` string (timestamps and blobs too), `n` number, `b` boolean, each with its least and greatest length or
value where there are such; `[T` list, `{T` map with values T, `*` anything, else the name of a shape.
"""
import gzip, io, json, re, sys, zipfile

# botocore's name: the name in Resources, the name behind `aws-sdk:`, and the operations if not all of them.
SERVICES = {
    "lambda": ("lambda", "lambda", None),
    "dynamodb": ("dynamodb", "dynamodb", None),
    "sqs": ("sqs", "sqs", None),
    "sns": ("sns", "sns", None),
    "events": ("events", "eventbridge", None),
    "stepfunctions": ("states", "sfn", None),
    "s3": ("s3", "s3", None),
    "kms": ("kms", "kms", None),
    "secretsmanager": ("secretsmanager", "secretsmanager", None),
    "ecs": ("ecs", "ecs", ["RunTask", "StopTask", "DescribeTasks"]),
    "batch": ("batch", "batch", ["SubmitJob", "DescribeJobs", "TerminateJob", "ListJobs"]),
    "glue": ("glue", "glue", ["StartJobRun", "GetJobRun", "GetJob", "StartCrawler", "GetCrawler"]),
    "athena": ("athena", "athena", ["StartQueryExecution", "StopQueryExecution", "GetQueryExecution", "GetQueryResults"]),
}


def spelled(name):
    return name[:1].upper() + name[1:]


class Service:
    def __init__(self, model):
        self.model, self.shapes, self.lines, self.names = model, model["shapes"], {}, {}

    def bounds(self, shape):
        low, high = shape.get("min"), shape.get("max")
        if low is None and high is None:
            return ""
        return f"{'' if low is None else low}..{'' if high is None else high}"

    def type(self, name):
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "string":
            if "enum" not in shape:
                return "s" + self.bounds(shape)
            if name not in self.lines:
                self.lines[name] = f"{name} |" + "|".join(shape["enum"])
            return name
        if kind in ("timestamp", "blob"):
            return "s" + self.bounds(shape)
        if kind in ("integer", "long", "float", "double"):
            return "n" + self.bounds(shape)
        if kind == "boolean":
            return "b"
        if kind == "list":
            return "[" + self.type(shape["member"]["shape"])
        if kind == "map":
            return "{" + self.type(shape["value"]["shape"])
        if shape.get("document") or shape.get("eventstream"):
            return "*"
        if name not in self.lines:
            self.lines[name] = ""
            required = set(shape.get("required", []))
            members = [
                f"{spelled(m)}{'!' if m in required else ''}={self.type(ref['shape'])}"
                for m, ref in shape.get("members", {}).items()
            ]
            self.lines[name] = " ".join([name, *members])
        return name

    def write(self, title, wanted, out):
        operations = []
        for name, operation in sorted(self.model["operations"].items()):
            if "output" in operation and (wanted is None or name in wanted):
                operations.append(f"={name} {self.type(operation['output']['shape'])}")
        print(title, *operations, *(line for _, line in sorted(self.lines.items())), sep="\n", file=out)


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    version = re.search(r"botocore-([0-9.]+)-", sys.argv[1]).group(1)
    out = io.StringIO()
    print(f"# Made by generate.py from the models of botocore {version}; not to be edited.", file=out)
    for service, (resource, sdk, wanted) in SERVICES.items():
        path = max(n for n in wheel.namelist() if re.fullmatch(rf"botocore/data/{service}/[^/]+/service-2.json.gz", n))
        model = json.loads(gzip.decompress(wheel.read(path)))
        Service(model).write(f"@{resource} {sdk}", wanted, out)
    sys.stdout.write(out.getvalue())


main()
