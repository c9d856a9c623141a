//! AWS's services, as moto and dynalite play them.

use std::path::Path;
use std::process::Command;

use aslx::executor::{Executor, OutcomeStatus};
use aslx::task::aws::{AwsCredentials, AwsOptions, AwsServices};
use aslx::task::http::{EgressPolicy, HttpClient};
use aslx::task::{Secret, TaskRegistry};
use aslx::{CompileOptions, compile};

use super::process::Process;

fn moto() -> Process {
    Process::start("venv/bin/moto_server", &["-H", "127.0.0.1", "-p", "0"], "Running on")
}

fn dynalite() -> Process {
    Process::start("node_modules/.bin/dynalite", &["--port", "0", "--createTableMs", "0"], "listening at")
}

fn handler(url: &str) -> AwsServices {
    let credentials = AwsCredentials::new("key", Secret::new("secret"), None);
    let options = AwsOptions::new(credentials, "us-east-1").endpoint(url).expect("a URL");
    AwsServices::new(HttpClient::new(EgressPolicy::new()), options)
}

/// Runs one Task; the result, or the error and its cause.
async fn task(handler: &AwsServices, resource: &str, parameters: &str) -> Result<String, (String, String)> {
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"arn:aws:states:::{resource}","Parameters":{parameters},"End":true}}}}}}"#
    );
    let program = compile(&definition, &CompileOptions::default()).expect("a valid definition");
    let mut tasks = TaskRegistry::new();
    tasks.handle_async("*", handler.clone());
    // One runtime for all: connections are kept, and live on the runtime that made them.
    let runtime = tokio::runtime::Handle::current();
    let executor = Executor::builder(program).tasks(tasks).workers(1).runtime(runtime).build();
    let executor = executor.expect("all answered");
    let completed = executor.execute("{}").await.expect("an execution");
    match completed.outcome.status {
        OutcomeStatus::Succeeded => Ok(String::from_utf8(completed.output).expect("JSON is text")),
        _ => Err((completed.outcome.error.unwrap_or_default(), completed.outcome.cause.unwrap_or_default())),
    }
}

async fn ok(handler: &AwsServices, resource: &str, parameters: &str) -> String {
    task(handler, resource, parameters).await.unwrap_or_else(|error| panic!("{resource}: {error:?}"))
}

async fn failed(handler: &AwsServices, resource: &str, parameters: &str) -> (String, String) {
    task(handler, resource, parameters).await.expect_err(resource)
}

/// The text of a member, wherever it stands.
fn member<'j>(json: &'j str, key: &str) -> &'j str {
    let from =
        json.find(&format!("\"{key}\":\"")).unwrap_or_else(|| panic!("{key} in {json}")) + key.len() + 4;
    &json[from..from + json[from..].find('"').expect("the end of the text")]
}

#[tokio::test]
async fn dynamodb() {
    let server = dynalite();
    let aws = handler(&server.url);
    let table = r#"{"TableName":"Orders","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}"#;
    let created = ok(&aws, "aws-sdk:dynamodb:createTable", table).await;
    assert!(created.contains(r#""TableName":"Orders""#), "{created}");
    // dynalite makes tables at its leisure.
    while !ok(&aws, "aws-sdk:dynamodb:describeTable", r#"{"TableName":"Orders"}"#).await.contains("ACTIVE") {}

    let put = r#"{"TableName":"Orders","Item":{"id":{"S":"7"},"total":{"N":"12.50"}}}"#;
    let result = ok(&aws, "dynamodb:putItem", put).await;
    assert!(result.starts_with(r#"{"SdkHttpMetadata":{"AllHttpHeaders":{"#), "{result}");
    assert!(result.contains(r#""HttpStatusCode":200},"SdkResponseMetadata":{"RequestId":""#), "{result}");
    assert_eq!(ok(&aws, "aws-sdk:dynamodb:putItem", put).await, "{}");
    let key = r#"{"TableName":"Orders","Key":{"id":{"S":"7"}}}"#;
    let item = r#"{"Item":{"id":{"S":"7"},"total":{"N":"12.5"}}"#;
    let result = ok(&aws, "dynamodb:getItem", key).await;
    assert!(result.starts_with(item) && result.contains("SdkHttpMetadata"), "{result}");
    assert_eq!(ok(&aws, "aws-sdk:dynamodb:getItem", key).await, format!("{item}}}"));
    let update = r##"{"TableName":"Orders","Key":{"id":{"S":"7"}},"UpdateExpression":"SET #t = :t","ReturnValues":"UPDATED_NEW",
        "ExpressionAttributeNames":{"#t":"total"},"ExpressionAttributeValues":{":t":{"N":"13"}}}"##;
    assert!(
        ok(&aws, "dynamodb:updateItem", update).await.starts_with(r#"{"Attributes":{"total":{"N":"13"}},"#)
    );
    let query = r#"{"TableName":"Orders","KeyConditionExpression":"id = :i","ExpressionAttributeValues":{":i":{"S":"7"}}}"#;
    let found = ok(&aws, "aws-sdk:dynamodb:query", query).await;
    assert!(found.contains(r#""Count":1"#) && found.contains(r#""total":{"N":"13"}"#), "{found}");

    let missing = r#"{"TableName":"Nowhere","Key":{"id":{"S":"7"}}}"#;
    let (error, cause) = failed(&aws, "dynamodb:getItem", missing).await;
    assert_eq!(error, "DynamoDB.ResourceNotFoundException");
    let text =
        "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: ";
    assert!(cause.contains(text) && cause.ends_with("; Proxy: null)"), "{cause}");
    let (error, cause) = failed(&aws, "aws-sdk:dynamodb:getItem", missing).await;
    assert_eq!(error, "DynamoDb.ResourceNotFoundException");
    assert!(cause.contains("(Service: DynamoDb, Status Code: 400, Request ID: "), "{cause}");
    let taken =
        r#"{"TableName":"Orders","Item":{"id":{"S":"7"}},"ConditionExpression":"attribute_not_exists(id)"}"#;
    assert_eq!(failed(&aws, "dynamodb:putItem", taken).await.0, "DynamoDB.ConditionalCheckFailedException");
    let wrong = r#"{"TableName":"Orders","Item":{"other":{"S":"7"}}}"#;
    assert_eq!(failed(&aws, "dynamodb:putItem", wrong).await.0, "DynamoDB.AmazonDynamoDBException");
    assert_eq!(failed(&aws, "aws-sdk:dynamodb:putItem", wrong).await.0, "DynamoDb.DynamoDbException");
    assert!(ok(&aws, "dynamodb:deleteItem", key).await.contains("SdkHttpMetadata"));

    drop(server);
    let (error, cause) = failed(&aws, "dynamodb:getItem", key).await;
    assert_eq!(error, "DynamoDB.SdkClientException");
    assert!(cause.starts_with("Unable to execute HTTP request: "), "{cause}");
}

#[tokio::test]
async fn queues_topics_and_events() {
    let server = moto();
    let aws = handler(&server.url);
    let queue = ok(&aws, "aws-sdk:sqs:createQueue", r#"{"QueueName":"orders"}"#).await;
    let queue_url = member(&queue, "QueueUrl").to_owned();
    let send = format!(r#"{{"QueueUrl":"{queue_url}","MessageBody":{{"order":7}}}}"#);
    let sent = ok(&aws, "sqs:sendMessage", &send).await;
    assert!(sent.contains("\"MD5OfMessageBody\":\"") && sent.contains("SdkHttpMetadata"), "{sent}");
    let received = ok(&aws, "aws-sdk:sqs:receiveMessage", &format!(r#"{{"QueueUrl":"{queue_url}"}}"#)).await;
    assert!(received.contains(r#""Body":"{\"order\":7}""#), "{received}");
    let nowhere = format!(r#"{{"QueueUrl":"{queue_url}-2","MessageBody":"x"}}"#);
    let (error, cause) = failed(&aws, "sqs:sendMessage", &nowhere).await;
    assert_eq!(error, "SQS.QueueDoesNotExistException", "{cause}");

    let topic = ok(&aws, "aws-sdk:sns:createTopic", r#"{"Name":"news"}"#).await;
    let topic_arn = member(&topic, "TopicArn").to_owned();
    let publish = format!(
        r#"{{"TopicArn":"{topic_arn}","Message":{{"a":"b & c"}},"MessageAttributes":{{"k":{{"DataType":"String","StringValue":"v"}}}}}}"#
    );
    let published = ok(&aws, "sns:publish", &publish).await;
    assert!(
        published.starts_with("{\"MessageId\":\"") && published.contains("SdkHttpMetadata"),
        "{published}"
    );
    let (error, cause) = failed(&aws, "sns:publish", &publish.replace("news", "olds")).await;
    assert_eq!(error, "SNS.NotFoundException", "{cause}");
    assert!(cause.contains("(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; "), "{cause}");

    let entry = r#"{"Entries":[{"Source":"s","DetailType":"t","Detail":{"a":1}}]}"#;
    let put = ok(&aws, "events:putEvents", entry).await;
    assert!(put.contains("\"EventId\":\"") && put.contains("\"FailedEntryCount\":0"), "{put}");
    let entry = r#"{"Entries":[{"Source":"s","DetailType":"t","Detail":"no JSON"}]}"#;
    let (error, cause) = failed(&aws, "events:putEvents", entry).await;
    assert_eq!(error, "EventBridge.FailedEntry");
    assert!(cause.contains("\"FailedEntryCount\":1"), "{cause}");
    assert!(ok(&aws, "aws-sdk:eventbridge:putEvents", entry).await.contains("\"FailedEntryCount\":1"));
}

#[tokio::test]
async fn secrets_parameters_objects_and_state_machines() {
    let server = moto();
    let aws = handler(&server.url);
    ok(&aws, "aws-sdk:secretsmanager:createSecret", r#"{"Name":"s","SecretString":{"user":"u"}}"#).await;
    let secret = ok(&aws, "aws-sdk:secretsmanager:getSecretValue", r#"{"SecretId":"s"}"#).await;
    assert!(secret.contains(r#""SecretString":"{\"user\":\"u\"}""#), "{secret}");
    assert!(member(&secret, "CreatedDate").ends_with('Z'), "{secret}");
    let (error, cause) = failed(&aws, "aws-sdk:secretsmanager:getSecretValue", r#"{"SecretId":"t"}"#).await;
    assert_eq!(error, "SecretsManager.ResourceNotFoundException", "{cause}");

    ok(&aws, "aws-sdk:ssm:putParameter", r#"{"Name":"/p","Value":"v","Type":"String"}"#).await;
    let parameter = ok(&aws, "aws-sdk:ssm:getParameter", r#"{"Name":"/p"}"#).await;
    assert!(parameter.contains(r#""Value":"v""#), "{parameter}");
    assert_eq!(
        failed(&aws, "aws-sdk:ssm:getParameter", r#"{"Name":"/q"}"#).await.0,
        "Ssm.ParameterNotFoundException"
    );

    ok(&aws, "aws-sdk:s3:createBucket", r#"{"Bucket":"bucket"}"#).await;
    let put = r#"{"Bucket":"bucket","Key":"a/b c.json","Body":{"x":[1,"é"]},"ContentType":"application/json","Metadata":{"who":"me"}}"#;
    assert!(ok(&aws, "aws-sdk:s3:putObject", put).await.contains("\"ETag\":\"\\\""));
    ok(&aws, "aws-sdk:s3:putObject", r#"{"Bucket":"bucket","Key":"a/d","Body":"text"}"#).await;
    let got = ok(&aws, "aws-sdk:s3:getObject", r#"{"Bucket":"bucket","Key":"a/b c.json"}"#).await;
    assert!(got.starts_with(r#"{"Body":"{\"x\":[1,\"é\"]}","#), "{got}");
    assert!(got.contains(r#""ContentLength":14,"ContentType":"application/json""#), "{got}");
    assert!(got.contains(r#""Metadata":{"who":"me"}"#), "{got}");
    let listed = ok(&aws, "aws-sdk:s3:listObjectsV2", r#"{"Bucket":"bucket","Prefix":"a/"}"#).await;
    assert!(listed.contains(r#""KeyCount":2"#) && listed.contains(r#""Key":"a/b c.json""#), "{listed}");
    assert!(listed.contains(r#""IsTruncated":false"#), "{listed}");
    let (error, cause) = failed(&aws, "aws-sdk:s3:getObject", r#"{"Bucket":"bucket","Key":"none"}"#).await;
    assert_eq!(error, "S3.NoSuchKeyException", "{cause}");
    let (error, cause) = failed(&aws, "aws-sdk:s3:listObjectsV2", r#"{"Bucket":"nowhere"}"#).await;
    assert_eq!(error, "S3.NoSuchBucketException");
    assert!(
        cause.starts_with("The specified bucket does not exist (Service: S3, Status Code: 404, "),
        "{cause}"
    );
    assert_eq!(ok(&aws, "aws-sdk:s3:deleteObject", r#"{"Bucket":"bucket","Key":"a/d"}"#).await, "{}");

    let machine = r#"{"Name":"m","RoleArn":"arn:aws:iam::123456789012:role/r","Definition":"{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}}"}"#;
    let machine = ok(&aws, "aws-sdk:sfn:createStateMachine", machine).await;
    assert!(member(&machine, "CreationDate").ends_with('Z'), "{machine}");
    let arn = member(&machine, "StateMachineArn").to_owned();
    let start = format!(r#"{{"StateMachineArn":"{arn}","Input":{{"a":1}}}}"#);
    let started = ok(&aws, "states:startExecution", &start).await;
    assert!(
        started.starts_with("{\"ExecutionArn\":\"arn:aws:states:") && started.contains("SdkHttpMetadata"),
        "{started}"
    );
    let (error, cause) = failed(&aws, "states:startExecution", &start.replace(":m\"", ":n\"")).await;
    assert_eq!(error, "StepFunctions.StateMachineDoesNotExistException", "{cause}");
    let missing = format!(r#"{{"StateMachineArn":"{}"}}"#, arn.replace(":m", ":n"));
    let (error, cause) = failed(&aws, "aws-sdk:sfn:describeStateMachine", &missing).await;
    assert_eq!(error, "Sfn.StateMachineDoesNotExistException", "{cause}");
    assert!(cause.contains("(Service: Sfn, Status Code: 400, Request ID: "), "{cause}");
}

#[test]
fn the_example_prints_what_it_promises_however_often_it_is_run() {
    let server = dynalite();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/dynamodb");
    let folder = tempfile::tempdir().expect("a folder");
    let tasks = std::fs::read_to_string(example.join("tasks.toml")).expect("a task file");
    let moved = tasks.replace("http://127.0.0.1:8000", &server.url);
    assert_ne!(tasks, moved);
    std::fs::write(folder.path().join("tasks.toml"), moved).expect("a file");
    std::fs::write(folder.path().join("once.ndjson"), "{}\n").expect("a file");
    let run = |definition: &str, input: &Path| {
        let mut aslx = Command::new(env!("CARGO_BIN_EXE_aslx"));
        aslx.arg("run").arg(example.join(definition)).arg(input);
        aslx.arg("--tasks").arg(folder.path().join("tasks.toml"));
        aslx.env("AWS_ACCESS_KEY_ID", "local").env("AWS_SECRET_ACCESS_KEY", "local");
        let output = aslx.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    assert_eq!(
        run("create-table.asl.json", &folder.path().join("once.ndjson")),
        "{\"created\":\"Orders\"}\n"
    );
    let expected = std::fs::read_to_string(example.join("expected.ndjson")).expect("what is expected");
    for _ in 0..2 {
        assert_eq!(run("orders.asl.json", &example.join("orders.ndjson")), expected);
    }
}
