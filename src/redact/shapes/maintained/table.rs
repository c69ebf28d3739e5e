// Written by scripts/secret_shapes.py; not by hand.
//
// Source: config/betterleaks.toml of Betterleaks (betterleaks config), revision b1aa878bc41b06583f6ce83bf0ffcc5e6ed8f4f3,
// as the crate kingfisher-rules 3.0.1 carries it; taken over on 2026-11-30. 238 shapes of 473 rules.
//
// MIT License, Copyright (c) 2026 Zachary Rice. Permission is hereby granted, free of charge, to any person obtaining a copy of
// this software and associated documentation files (the "Software"), to deal in the Software without restriction, including
// without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software,
// and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright
// notice and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS
// PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
// MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
// LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
// IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

use super::{MANY, Maintained, Run};

#[rustfmt::skip]
pub(super) const TABLE: &[Maintained] = &[
    // 1password-secret-key
    Maintained { prefix: "A3-", any_case: false, then: &[Run("09AZ", 6, 6), Run("--", 1, 1), Run("09AZ", 11, 11), Run("--", 1, 1), Run("09AZ", 5, 5), Run("--", 1, 1), Run("09AZ", 5, 5), Run("--", 1, 1), Run("09AZ", 5, 5)] },
    // 1password-secret-key
    Maintained { prefix: "A3-", any_case: false, then: &[Run("09AZ", 6, 6), Run("--", 1, 1), Run("09AZ", 6, 6), Run("--", 1, 1), Run("09AZ", 5, 5), Run("--", 1, 1), Run("09AZ", 5, 5), Run("--", 1, 1), Run("09AZ", 5, 5), Run("--", 1, 1), Run("09AZ", 5, 5)] },
    // 1password-service-account-token
    Maintained { prefix: "ops_eyJ", any_case: false, then: &[Run("++/9AZaz", 250, MANY), Run("==", 0, 3)] },
    // adobe-client-secret
    Maintained { prefix: "p8e-", any_case: false, then: &[Run("09AZaz", 32, 32)] },
    // age-secret-key
    Maintained { prefix: "AGE-SECRET-KEY-1", any_case: false, then: &[Run("0029AACHJNPZ", 58, 58)] },
    // aikido-ci-token
    Maintained { prefix: "AIK_CI_", any_case: false, then: &[Run("09AZaz", 20, 44)] },
    // aikido-client-secret
    Maintained { prefix: "AIK_SECRET_", any_case: false, then: &[Run("09AZaz", 64, 64)] },
    // airtable-personnal-access-token
    Maintained { prefix: "pat", any_case: false, then: &[Run("09AZaz", 14, 14), Run("..", 1, 1), Run("09af", 64, 64)] },
    // anthropic-admin-api-key
    Maintained { prefix: "sk-ant-admin01-", any_case: false, then: &[Run("--09AZ__az", 93, 93), Run("AA", 1, 1), Run("AA", 1, 1)] },
    // anthropic-api-key
    Maintained { prefix: "sk-ant-api03-", any_case: false, then: &[Run("--09AZ__az", 93, 93), Run("AA", 1, 1), Run("AA", 1, 1)] },
    // apify-api-token
    Maintained { prefix: "apify_api_", any_case: false, then: &[Run("09AZaz", 34, 38)] },
    // artifactory-api-key
    Maintained { prefix: "AKCp", any_case: false, then: &[Run("09AZaz", 68, 70)] },
    // artifactory-reference-token
    Maintained { prefix: "cmVmd", any_case: false, then: &[Run("09AZaz", 59, 59)] },
    // asaas-api-token
    Maintained { prefix: "$aact_prod_", any_case: false, then: &[Run("--09AZ__az", 20, 100)] },
    // asaas-api-token
    Maintained { prefix: "$aact_hmlg_", any_case: false, then: &[Run("--09AZ__az", 20, 100)] },
    // atlassian-api-token
    Maintained { prefix: "ATAT", any_case: false, then: &[Run("--09==AZ__az", 100, MANY)] },
    // authress-service-client-access-key
    Maintained { prefix: "sc_", any_case: true, then: &[Run("09AZaz", 5, 30), Run("..", 1, 1), Run("09AZaz", 4, 6), Run("..", 1, 1), Run("AAaa", 1, 1), Run("CCcc", 2, 2), Run("--__", 1, 1), Run("--09AZaz", 10, 32), Run("..", 1, 1), Run("++--/9==AZ__az", 30, 120)] },
    // authress-service-client-access-key
    Maintained { prefix: "ext_", any_case: true, then: &[Run("09AZaz", 5, 30), Run("..", 1, 1), Run("09AZaz", 4, 6), Run("..", 1, 1), Run("AAaa", 1, 1), Run("CCcc", 2, 2), Run("--__", 1, 1), Run("--09AZaz", 10, 32), Run("..", 1, 1), Run("++--/9==AZ__az", 30, 120)] },
    // authress-service-client-access-key
    Maintained { prefix: "scauth_", any_case: true, then: &[Run("09AZaz", 5, 30), Run("..", 1, 1), Run("09AZaz", 4, 6), Run("..", 1, 1), Run("AAaa", 1, 1), Run("CCcc", 2, 2), Run("--__", 1, 1), Run("--09AZaz", 10, 32), Run("..", 1, 1), Run("++--/9==AZ__az", 30, 120)] },
    // authress-service-client-access-key
    Maintained { prefix: "authre", any_case: true, then: &[Run("SSss", 2, 2), Run("__", 1, 1), Run("09AZaz", 5, 30), Run("..", 1, 1), Run("09AZaz", 4, 6), Run("..", 1, 1), Run("AAaa", 1, 1), Run("CCcc", 2, 2), Run("--__", 1, 1), Run("--09AZaz", 10, 32), Run("..", 1, 1), Run("++--/9==AZ__az", 30, 120)] },
    // aws-access-token
    Maintained { prefix: "A3T", any_case: false, then: &[Run("09AZ", 1, 1), Run("27AZ", 16, 16)] },
    // aws-access-token
    Maintained { prefix: "AKIA", any_case: false, then: &[Run("27AZ", 16, 16)] },
    // aws-access-token
    Maintained { prefix: "ASIA", any_case: false, then: &[Run("27AZ", 16, 16)] },
    // aws-access-token
    Maintained { prefix: "ABIA", any_case: false, then: &[Run("27AZ", 16, 16)] },
    // aws-access-token
    Maintained { prefix: "ACCA", any_case: false, then: &[Run("27AZ", 16, 16)] },
    // aws-amazon-bedrock-api-key-long-lived
    Maintained { prefix: "ABSK", any_case: false, then: &[Run("++/9AZaz", 109, 269), Run("==", 0, 2)] },
    // bitbucket-data-center-token
    Maintained { prefix: "BBDC-", any_case: false, then: &[Run("++/9==AZaz", 32, MANY)] },
    // brave-search-api-key
    Maintained { prefix: "BSA", any_case: false, then: &[Run("--09AZ__az", 24, 40)] },
    // buildkite-service-token
    Maintained { prefix: "bkaa_", any_case: false, then: &[Run("--09AZ__az", 75, 75)] },
    // buildkite-service-token
    Maintained { prefix: "bkaj_", any_case: false, then: &[Run("--09AZ__az", 333, 333)] },
    // buildkite-service-token
    Maintained { prefix: "bkar_", any_case: false, then: &[Run("--09AZ__az", 73, 73)] },
    // buildkite-service-token
    Maintained { prefix: "bkct_", any_case: false, then: &[Run("--09AZ__az", 73, 73)] },
    // buildkite-service-token
    Maintained { prefix: "bkpt_", any_case: false, then: &[Run("--09AZ__az", 199, 199)] },
    // buildkite-service-token
    Maintained { prefix: "bkpat_", any_case: false, then: &[Run("--09AZ__az", 54, 54)] },
    // buildkite-service-token
    Maintained { prefix: "bkps_", any_case: false, then: &[Run("--09AZ__az", 64, 64)] },
    // buildkite-user-access-token
    Maintained { prefix: "bkua_", any_case: false, then: &[Run("09az", 40, 40)] },
    // buildkite-user-access-token
    Maintained { prefix: "bkua_", any_case: false, then: &[Run("09az", 53, 53)] },
    // canva-client-secret
    Maintained { prefix: "cnvca", any_case: false, then: &[Run("--09AZ__az", 51, 51)] },
    // cartesia-api-key.1
    Maintained { prefix: "sk_car_", any_case: false, then: &[Run("09AZ__az", 20, 20)] },
    // cerebras-api-key
    Maintained { prefix: "csk-", any_case: true, then: &[Run("09AZaz", 48, 48)] },
    // circleci-personal-token
    Maintained { prefix: "CCIPAT_", any_case: false, then: &[Run("09AZaz", 22, 22), Run("__", 1, 1), Run("09az", 40, 40)] },
    // clerk-secret-key
    Maintained { prefix: "sk_test_", any_case: true, then: &[Run("09AZaz", 32, 32)] },
    // clerk-secret-key
    Maintained { prefix: "sk_live_", any_case: true, then: &[Run("09AZaz", 32, 32)] },
    // clickhouse-cloud-api-secret-key
    Maintained { prefix: "4b1d", any_case: false, then: &[Run("09AZaz", 38, 38)] },
    // clojars-api-token
    Maintained { prefix: "clojars_", any_case: true, then: &[Run("09AZaz", 60, 60)] },
    // cloudflare-origin-ca-key
    Maintained { prefix: "v1.0-", any_case: false, then: &[Run("09af", 24, 24), Run("--", 1, 1), Run("09af", 146, 146)] },
    // cloudsmith-api-key
    Maintained { prefix: "csa_", any_case: false, then: &[Run("09af", 30, 30), Run("09AZaz", 6, 6)] },
    // cockroachlabs-cloud-api-key
    Maintained { prefix: "CCDB1_", any_case: false, then: &[Run("09AZaz", 22, 22), Run("__", 1, 1), Run("09AZaz", 40, 40)] },
    // configcat-sdk-key-extended
    Maintained { prefix: "configcat-sdk-1/", any_case: false, then: &[Run("--09AZ__az", 22, 22), Run("//", 1, 1), Run("--09AZ__az", 22, 22)] },
    // cursor-api-key
    Maintained { prefix: "key_", any_case: true, then: &[Run("09AFaf", 64, 64)] },
    // databricks-api-token
    Maintained { prefix: "dapi", any_case: false, then: &[Run("09af", 32, 32)] },
    // databricks-api-token
    Maintained { prefix: "dapi", any_case: false, then: &[Run("09af", 32, 32), Run("--", 1, 1), Run("09", 1, 1)] },
    // datastax-astra-application-token
    Maintained { prefix: "AstraCS:", any_case: false, then: &[Run("09AZaz", 20, MANY)] },
    // defined-networking-api-token
    Maintained { prefix: "dnkey-", any_case: true, then: &[Run("--09==AZ__az", 26, 26), Run("--", 1, 1), Run("--09==AZ__az", 52, 52)] },
    // deno-account-token
    Maintained { prefix: "ddp_", any_case: false, then: &[Run("09AZaz", 36, 36)] },
    // devin-personal-api-key
    Maintained { prefix: "apk_user_", any_case: false, then: &[Run("++/9AZaz", 120, 180), Run("==", 0, 2)] },
    // devin-service-api-key
    Maintained { prefix: "apk_", any_case: false, then: &[Run("++/9AZaz", 80, 100), Run("==", 0, 2)] },
    // devin-service-user-token
    Maintained { prefix: "cog_", any_case: false, then: &[Run("27az", 52, 52)] },
    // digitalocean-access-token
    Maintained { prefix: "doo_v1_", any_case: false, then: &[Run("09af", 64, 64)] },
    // digitalocean-pat
    Maintained { prefix: "dop_v1_", any_case: false, then: &[Run("09af", 64, 64)] },
    // digitalocean-refresh-token
    Maintained { prefix: "dor_v1_", any_case: true, then: &[Run("09AFaf", 64, 64)] },
    // docker-swarm-join-token
    Maintained { prefix: "SWMTKN-1-", any_case: false, then: &[Run("09az", 50, 60), Run("--", 1, 1), Run("09az", 24, 30)] },
    // docker-swarm-unlock-key
    Maintained { prefix: "SWMKEY-1-", any_case: false, then: &[Run("++/9AZaz", 40, 50)] },
    // dockerhub-organization-access-token
    Maintained { prefix: "dckr_oat_", any_case: false, then: &[Run("--09AZ__az", 32, 32)] },
    // dockerhub-personal-access-token
    Maintained { prefix: "dckr_pat_", any_case: false, then: &[Run("--09AZ__az", 27, 27)] },
    // doppler-api-token
    Maintained { prefix: "dp.pt.", any_case: false, then: &[Run("09AZaz", 43, 43)] },
    // duffel-api-token
    Maintained { prefix: "duffel_test_", any_case: false, then: &[Run("--09==AZ__az", 43, 43)] },
    // duffel-api-token
    Maintained { prefix: "duffel_live_", any_case: false, then: &[Run("--09==AZ__az", 43, 43)] },
    // dynatrace-api-token
    Maintained { prefix: "dt0c01.", any_case: false, then: &[Run("09AZaz", 24, 24), Run("..", 1, 1), Run("09AZaz", 64, 64)] },
    // easypost-api-token
    Maintained { prefix: "EZAK", any_case: false, then: &[Run("09AZaz", 54, 54)] },
    // easypost-test-api-token
    Maintained { prefix: "EZTK", any_case: false, then: &[Run("09AZaz", 54, 54)] },
    // ebay-client-secret
    Maintained { prefix: "PRD-", any_case: false, then: &[Run("09af", 8, 8), Run("--", 1, 1), Run("09af", 4, 4), Run("--", 1, 1), Run("09af", 4, 4), Run("--", 1, 1), Run("09af", 4, 4), Run("--", 1, 1), Run("09af", 4, 12)] },
    // elastic-cloud-api-key
    Maintained { prefix: "essu_", any_case: false, then: &[Run("--09AZ__az", 60, 200), Run("==", 0, 2)] },
    // endorlabs-api-key
    Maintained { prefix: "endr+", any_case: true, then: &[Run("--09AZaz", 16, 16)] },
    // exoscale-api-key
    Maintained { prefix: "EXO", any_case: false, then: &[Run("09AZaz", 24, 30)] },
    // facebook-page-access-token
    Maintained { prefix: "EAA", any_case: false, then: &[Run("CCMM", 1, 1), Run("09AZaz", 100, MANY)] },
    // figma-personal-access-token
    Maintained { prefix: "figd_", any_case: true, then: &[Run("--09AZ__az", 38, 42)] },
    // flutterwave-public-key
    Maintained { prefix: "FLWPUBK_TEST-", any_case: false, then: &[Run("09AHah", 32, 32), Run("--", 1, 1), Run("XXxx", 1, 1)] },
    // flutterwave-secret-key
    Maintained { prefix: "FLWSECK_TEST-", any_case: false, then: &[Run("09AHah", 32, 32), Run("--", 1, 1), Run("XXxx", 1, 1)] },
    // frameio-api-token
    Maintained { prefix: "fio-u-", any_case: false, then: &[Run("--09==AZ__az", 64, 64)] },
    // fullstory-api-key
    Maintained { prefix: "na1.", any_case: true, then: &[Run("09AZaz", 20, MANY)] },
    // fullstory-api-key
    Maintained { prefix: "eu1.", any_case: true, then: &[Run("09AZaz", 20, MANY)] },
    // gcp-api-key
    Maintained { prefix: "AIza", any_case: false, then: &[Run("--09AZ__az", 35, 35)] },
    // gcp-gemini-api
    Maintained { prefix: "AQ.Ab8RN6", any_case: false, then: &[Run("--09AZ__az", 44, 44)] },
    // github-fine-grained-pat
    Maintained { prefix: "github_pat_", any_case: false, then: &[Run("09AZ__az", 82, 82)] },
    // github-oauth
    Maintained { prefix: "gho_", any_case: false, then: &[Run("09AZaz", 36, 36)] },
    // github-pat
    Maintained { prefix: "ghp_", any_case: false, then: &[Run("09AZaz", 36, 36)] },
    // github-refresh-token
    Maintained { prefix: "ghr_", any_case: false, then: &[Run("09AZaz", 36, 36)] },
    // gitlab-cicd-job-token
    Maintained { prefix: "glcbt-", any_case: false, then: &[Run("09AZaz", 1, 5), Run("__", 1, 1), Run("--09AZ__az", 20, 20)] },
    // gitlab-deploy-token
    Maintained { prefix: "gldt-", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-feature-flag-client-token
    Maintained { prefix: "glffct-", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-feed-token
    Maintained { prefix: "glft-", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-incoming-mail-token
    Maintained { prefix: "glimt-", any_case: false, then: &[Run("--09AZ__az", 25, 25)] },
    // gitlab-kubernetes-agent-token
    Maintained { prefix: "glagent-", any_case: false, then: &[Run("--09AZ__az", 50, 50)] },
    // gitlab-oauth-app-secret
    Maintained { prefix: "gloas-", any_case: false, then: &[Run("--09AZ__az", 64, 64)] },
    // gitlab-pat
    Maintained { prefix: "glpat-", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-pat-routable
    Maintained { prefix: "glpat-", any_case: false, then: &[Run("--09AZ__az", 27, 300), Run("..", 1, 1), Run("09az", 9, 9)] },
    // gitlab-pat-routable-versioned
    Maintained { prefix: "glpat-", any_case: false, then: &[Run("--09AZ__az", 27, 300), Run("..", 1, 1), Run("09az", 2, 2), Run("..", 1, 1), Run("09az", 9, 9)] },
    // gitlab-ptt
    Maintained { prefix: "glptt-", any_case: false, then: &[Run("09af", 40, 40)] },
    // gitlab-rrt
    Maintained { prefix: "GR1348941", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-runner-authentication-token
    Maintained { prefix: "glrt-", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-runner-authentication-token-routable
    Maintained { prefix: "glrt-t", any_case: false, then: &[Run("09", 1, 1), Run("__", 1, 1), Run("--09AZ__az", 27, 300), Run("..", 1, 1), Run("09az", 9, 9)] },
    // gitlab-scim-token
    Maintained { prefix: "glsoat-", any_case: false, then: &[Run("--09AZ__az", 20, 20)] },
    // gitlab-session-cookie
    Maintained { prefix: "_gitlab_session=", any_case: false, then: &[Run("09az", 32, 32)] },
    // gocardless-api-token
    Maintained { prefix: "live_", any_case: true, then: &[Run("--09==AZ__az", 40, 40)] },
    // grafana-api-key
    Maintained { prefix: "eyJrIjoi", any_case: false, then: &[Run("++/9AZaz", 40, 380), Run("==", 0, 2)] },
    // grafana-cloud-api-token
    Maintained { prefix: "glc_", any_case: false, then: &[Run("++/9AZaz", 40, 150), Run("==", 0, 2)] },
    // grafana-service-account-token
    Maintained { prefix: "glsa_", any_case: false, then: &[Run("09AZaz", 32, 32), Run("__", 1, 1), Run("09AFaf", 8, 8)] },
    // groq-api-key
    Maintained { prefix: "gsk_", any_case: true, then: &[Run("09AZaz", 52, 52)] },
    // harness-api-key
    Maintained { prefix: "pat.", any_case: false, then: &[Run("--09AZ__az", 22, 22), Run("..", 1, 1), Run("09af", 24, 24), Run("..", 1, 1), Run("09AZaz", 20, 20)] },
    // harness-api-key
    Maintained { prefix: "sat.", any_case: false, then: &[Run("--09AZ__az", 22, 22), Run("..", 1, 1), Run("09af", 24, 24), Run("..", 1, 1), Run("09AZaz", 20, 20)] },
    // heroku-api-key-v2
    Maintained { prefix: "HRKU-AA", any_case: false, then: &[Run("--09AZ__az", 58, 58)] },
    // highnote-secret-live-key
    Maintained { prefix: "sk_live_a2V5Xz", any_case: false, then: &[Run("++/9AZaz", 69, 69), Run("==", 0, 2)] },
    // huggingface-access-token
    Maintained { prefix: "hf_", any_case: false, then: &[Run("AZaz", 34, 34)] },
    // huggingface-organization-api-token
    Maintained { prefix: "api_org_", any_case: false, then: &[Run("AZaz", 34, 34)] },
    // infracost-api-token
    Maintained { prefix: "ico-", any_case: false, then: &[Run("09AZaz", 32, 32)] },
    // intra42-client-secret
    Maintained { prefix: "s-s4t2ud-", any_case: false, then: &[Run("09AFaf", 64, 64)] },
    // intra42-client-secret
    Maintained { prefix: "s-s4t2af-", any_case: false, then: &[Run("09AFaf", 64, 64)] },
    // ionic-personal-access-token
    Maintained { prefix: "ion_", any_case: false, then: &[Run("09AZaz", 42, 42)] },
    // labelbox-api-key
    Maintained { prefix: "lbx_", any_case: false, then: &[Run("--09AZ__az", 42, 42), Run("004488AAEEIIMMQQUUYYccggkkoossww", 1, 1)] },
    // labelbox-recursion-api-key
    Maintained { prefix: "rma_", any_case: false, then: &[Run("--09AZ__az", 42, 42), Run("004488AAEEIIMMQQUUYYccggkkoossww", 1, 1)] },
    // langchain-langsmith-personal-access-token
    Maintained { prefix: "lsv2_pt_", any_case: false, then: &[Run("09AFaf", 32, 32), Run("__", 1, 1), Run("09AFaf", 10, 10)] },
    // langchain-langsmith-service-key
    Maintained { prefix: "lsv2_sk_", any_case: false, then: &[Run("09AFaf", 32, 32), Run("__", 1, 1), Run("09AFaf", 10, 10)] },
    // langfuse-secret-key.1
    Maintained { prefix: "sk-lf-", any_case: false, then: &[Run("09af", 8, 8), Run("--", 1, 1), Run("09af", 4, 4), Run("--", 1, 1), Run("09af", 4, 4), Run("--", 1, 1), Run("09af", 4, 4), Run("--", 1, 1), Run("09af", 12, 12)] },
    // lichess-personal-access-token
    Maintained { prefix: "lip_", any_case: false, then: &[Run("09AZ__az", 16, 60)] },
    // linear-api-key
    Maintained { prefix: "lin_api_", any_case: false, then: &[Run("09AZaz", 40, 40)] },
    // llama-cloud-api-key.1
    Maintained { prefix: "llx-", any_case: false, then: &[Run("09AZaz", 44, 52)] },
    // lob-api-key
    Maintained { prefix: "live_", any_case: true, then: &[Run("09AFaf", 35, 35)] },
    // lob-api-key
    Maintained { prefix: "test_", any_case: true, then: &[Run("09AFaf", 35, 35)] },
    // lob-pub-api-key
    Maintained { prefix: "test_pub_", any_case: true, then: &[Run("09AFaf", 31, 31)] },
    // lob-pub-api-key
    Maintained { prefix: "live_pub_", any_case: true, then: &[Run("09AFaf", 31, 31)] },
    // mailersend-api-token
    Maintained { prefix: "mlsn.", any_case: false, then: &[Run("09AZaz", 30, 100)] },
    // mailgun-private-api-token
    Maintained { prefix: "key-", any_case: true, then: &[Run("09AFaf", 32, 32)] },
    // mailgun-pub-key
    Maintained { prefix: "pubkey-", any_case: true, then: &[Run("09AFaf", 32, 32)] },
    // mercury-production-api-token
    Maintained { prefix: "mercury_production_", any_case: false, then: &[Run("az", 3, 6), Run("__", 1, 1), Run("09AZaz", 40, 50), Run("__", 1, 1), Run("yy", 1, 1), Run("rr", 1, 1), Run("uu", 1, 1), Run("cc", 1, 1), Run("rr", 1, 1), Run("ee", 1, 1), Run("mm", 1, 1)] },
    // mergify-application-key
    Maintained { prefix: "mergify_application_key_", any_case: false, then: &[Run("--09AZ__az", 40, 200)] },
    // microsoft-teams-webhook
    Maintained { prefix: "https://", any_case: false, then: &[Run("09az", 1, MANY), Run("..", 1, 1), Run("ww", 1, 1), Run("ee", 1, 1), Run("bb", 1, 1), Run("hh", 1, 1), Run("oo", 1, 1), Run("oo", 1, 1), Run("kk", 1, 1), Run("..", 1, 1), Run("oo", 1, 1), Run("ff", 1, 1), Run("ff", 1, 1), Run("ii", 1, 1), Run("cc", 1, 1), Run("ee", 1, 1), Run("..", 1, 1), Run("cc", 1, 1), Run("oo", 1, 1), Run("mm", 1, 1), Run("//", 1, 1), Run("ww", 1, 1), Run("ee", 1, 1), Run("bb", 1, 1), Run("hh", 1, 1), Run("oo", 1, 1), Run("oo", 1, 1), Run("kk", 1, 1), Run("bb", 1, 1), Run("22", 1, 1), Run("//", 1, 1), Run("09az", 8, 8), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 12, 12), Run("@@", 1, 1), Run("09az", 8, 8), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 12, 12), Run("//", 1, 1), Run("II", 1, 1), Run("nn", 1, 1), Run("cc", 1, 1), Run("oo", 1, 1), Run("mm", 1, 1), Run("ii", 1, 1), Run("nn", 1, 1), Run("gg", 1, 1), Run("WW", 1, 1), Run("ee", 1, 1), Run("bb", 1, 1), Run("hh", 1, 1), Run("oo", 1, 1), Run("oo", 1, 1), Run("kk", 1, 1), Run("//", 1, 1), Run("09az", 32, 32), Run("//", 1, 1), Run("09az", 8, 8), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 4, 4), Run("--", 1, 1), Run("09az", 12, 12)] },
    // minimax-api-key
    Maintained { prefix: "sk-api-", any_case: true, then: &[Run("--09AZ__az", 119, 119)] },
    // miro-access-token
    Maintained { prefix: "eyJtaXJv", any_case: false, then: &[Run("--09AZaz", 10, 64), Run("__", 1, 1), Run("--09AZ__az", 20, 64)] },
    // mongodb-atlas-service-account-secret
    Maintained { prefix: "mdb_sa_sk_", any_case: false, then: &[Run("--09AZ__az", 40, 40)] },
    // neon-api-key
    Maintained { prefix: "napi_", any_case: false, then: &[Run("09AZaz", 64, 64)] },
    // new-relic-browser-api-token
    Maintained { prefix: "nrjs-", any_case: true, then: &[Run("09AFaf", 19, 19)] },
    // new-relic-user-api-key
    Maintained { prefix: "nrak-", any_case: true, then: &[Run("09AZaz", 27, 27)] },
    // notion-api-token
    Maintained { prefix: "ntn_", any_case: false, then: &[Run("09", 11, 11), Run("09AZaz", 35, 35)] },
    // npm-access-token
    Maintained { prefix: "npm_", any_case: true, then: &[Run("09AZaz", 36, 36)] },
    // nuget-api-key
    Maintained { prefix: "oy2", any_case: true, then: &[Run("APap", 1, 1), Run("27AZaz", 15, 15), Run("AAQQaaqq", 1, 1), Run("27AZaz", 25, 25), Run("44AAEEIIMMQQUUYYaaeeiimmqquuyy", 1, 1)] },
    // nvidia-api-key
    Maintained { prefix: "nvapi-", any_case: true, then: &[Run("--09AZ__az", 60, 70)] },
    // nylas-api-key.1
    Maintained { prefix: "nyk_", any_case: false, then: &[Run("09AZaz", 67, 67)] },
    // octopus-deploy-api-key
    Maintained { prefix: "API-", any_case: false, then: &[Run("09AZ", 26, 26)] },
    // onesignal-rich-authentication-token
    Maintained { prefix: "os_v2_app_", any_case: false, then: &[Run("27az", 103, 103)] },
    // onesignal-rich-authentication-token
    Maintained { prefix: "os_v2_org_", any_case: false, then: &[Run("27az", 103, 103)] },
    // onfido-live-api-token-ca
    Maintained { prefix: "api_live_ca.", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // onfido-live-api-token-eu
    Maintained { prefix: "api_live.", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // onfido-live-api-token-us
    Maintained { prefix: "api_live_us.", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // openrouter-api-key
    Maintained { prefix: "sk-or-v1-", any_case: true, then: &[Run("09AFaf", 64, 64)] },
    // openshift-user-token
    Maintained { prefix: "sha256~", any_case: false, then: &[Run("--09AZ__az", 43, 43)] },
    // paddle-live-api-key
    Maintained { prefix: "pdl_live_apikey_", any_case: false, then: &[Run("09az", 26, 26), Run("__", 1, 1), Run("09AZaz", 22, 22), Run("__", 1, 1), Run("09AZaz", 3, 3)] },
    // perplexity-api-key
    Maintained { prefix: "pplx-", any_case: false, then: &[Run("09AZaz", 48, 48)] },
    // persona-production-api-key
    Maintained { prefix: "persona_production_", any_case: false, then: &[Run("--09__az", 20, 80)] },
    // pinecone-api-key.2
    Maintained { prefix: "pcsk_", any_case: false, then: &[Run("09AZaz", 5, 6), Run("__", 1, 1), Run("09AZaz", 63, 63)] },
    // pinterest-access-token
    Maintained { prefix: "pina_", any_case: false, then: &[Run("--09AZ__az", 20, 200)] },
    // planetscale-api-token
    Maintained { prefix: "pscale_tkn_", any_case: false, then: &[Run("-.09==AZ__az", 32, 64)] },
    // planetscale-oauth-token
    Maintained { prefix: "pscale_oauth_", any_case: false, then: &[Run("-.09==AZ__az", 32, 64)] },
    // planetscale-password
    Maintained { prefix: "pscale_pw_", any_case: true, then: &[Run("-.09==AZ__az", 32, 64)] },
    // polar-oauth-access-token
    Maintained { prefix: "polar_at_", any_case: false, then: &[Run("--09AZ__az", 20, 100)] },
    // polar-organization-access-token
    Maintained { prefix: "polar_oat_", any_case: false, then: &[Run("--09AZ__az", 20, 100)] },
    // polar-personal-access-token
    Maintained { prefix: "polar_pat_", any_case: false, then: &[Run("--09AZ__az", 20, 100)] },
    // posthog-personal-api-key
    Maintained { prefix: "phx_", any_case: true, then: &[Run("--09AZ__az", 41, 49)] },
    // postman-api-token
    Maintained { prefix: "PMAK-", any_case: false, then: &[Run("09AFaf", 24, 24), Run("--", 1, 1), Run("09AFaf", 34, 34)] },
    // prefect-api-token
    Maintained { prefix: "pnu_", any_case: false, then: &[Run("09AZaz", 36, 36)] },
    // proof-full-access-api-key
    Maintained { prefix: "prf_", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // proof-full-access-api-key
    Maintained { prefix: "prf_cli_", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // pulumi-api-token
    Maintained { prefix: "pul-", any_case: false, then: &[Run("09af", 40, 40)] },
    // pypi-upload-token
    Maintained { prefix: "pypi-AgEIcHlwaS5vcmc", any_case: false, then: &[Run("--09AZ__az", 50, 1000)] },
    // rainforest-pay-production-api-key
    Maintained { prefix: "apikey_", any_case: false, then: &[Run("09af", 64, 64)] },
    // ramp-client-secret
    Maintained { prefix: "ramp_sec_", any_case: false, then: &[Run("09AZaz", 48, 48)] },
    // readme-api-token
    Maintained { prefix: "rdme_", any_case: false, then: &[Run("09az", 70, 70)] },
    // redirect-pizza-api-token.1
    Maintained { prefix: "rpa_", any_case: false, then: &[Run("09AZaz", 30, 30)] },
    // render-api-key
    Maintained { prefix: "rnd_", any_case: false, then: &[Run("09AZaz", 28, 28)] },
    // replicate-api-token
    Maintained { prefix: "r8_", any_case: true, then: &[Run("09AZaz", 37, 37)] },
    // resend-api-key.1
    Maintained { prefix: "re_", any_case: false, then: &[Run("19AHJNPZakmz", 8, 8), Run("__", 1, 1), Run("19AHJNPZakmz", 24, 24)] },
    // retell-api-key.1
    Maintained { prefix: "key_", any_case: false, then: &[Run("09af", 28, 28)] },
    // rootly-api-key.1
    Maintained { prefix: "rootly_", any_case: false, then: &[Run("09af", 64, 64)] },
    // rubygems-api-token
    Maintained { prefix: "rubygems_", any_case: false, then: &[Run("09af", 48, 48)] },
    // runpod-api-key.1
    Maintained { prefix: "rpa_", any_case: false, then: &[Run("09AZ", 40, 40), Run("09AZaz", 6, 6)] },
    // samsara-api-token.1
    Maintained { prefix: "samsara_api_", any_case: false, then: &[Run("09AZaz", 26, 32)] },
    // scalingo-api-token
    Maintained { prefix: "tk-us-", any_case: false, then: &[Run("--09AZ__az", 48, 48)] },
    // scalr-api-access-token.1
    Maintained { prefix: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJ1c2VyIiwianRpIjoiYXQt", any_case: false, then: &[Run("--09AZ__az", 20, 40), Run("..", 1, 1), Run("--09AZ__az", 43, 43)] },
    // segment-public-api-token.1
    Maintained { prefix: "sgp_", any_case: false, then: &[Run("09AZaz", 64, 64)] },
    // sendgrid-api-token
    Maintained { prefix: "SG.", any_case: false, then: &[Run("-.09==AZ__az", 66, 66)] },
    // sendinblue-api-token
    Maintained { prefix: "xkeysib-", any_case: false, then: &[Run("09AFaf", 64, 64), Run("--", 1, 1), Run("09AZaz", 16, 16)] },
    // sentry-user-token
    Maintained { prefix: "sntryu_", any_case: false, then: &[Run("09af", 64, 64)] },
    // settlemint-application-access-token
    Maintained { prefix: "sm_aat_", any_case: false, then: &[Run("09AZaz", 16, 16)] },
    // settlemint-personal-access-token
    Maintained { prefix: "sm_pat_", any_case: false, then: &[Run("09AZaz", 16, 16)] },
    // settlemint-service-access-token
    Maintained { prefix: "sm_sat_", any_case: false, then: &[Run("09AZaz", 16, 16)] },
    // shippo-api-token
    Maintained { prefix: "shippo_live_", any_case: false, then: &[Run("09AFaf", 40, 40)] },
    // shippo-api-token
    Maintained { prefix: "shippo_test_", any_case: false, then: &[Run("09AFaf", 40, 40)] },
    // shopify-access-token
    Maintained { prefix: "shpat_", any_case: false, then: &[Run("09AFaf", 32, 32)] },
    // shopify-custom-access-token
    Maintained { prefix: "shpca_", any_case: false, then: &[Run("09AFaf", 32, 32)] },
    // shopify-private-app-access-token
    Maintained { prefix: "shppa_", any_case: false, then: &[Run("09AFaf", 32, 32)] },
    // shopify-shared-secret
    Maintained { prefix: "shpss_", any_case: false, then: &[Run("09AFaf", 32, 32)] },
    // slack-config-refresh-token
    Maintained { prefix: "xoxe-", any_case: true, then: &[Run("09", 1, 1), Run("--", 1, 1), Run("09AZaz", 146, 146)] },
    // slack-legacy-bot-token
    Maintained { prefix: "xoxb-", any_case: false, then: &[Run("09", 8, 14), Run("--", 1, 1), Run("09AZaz", 18, 26)] },
    // slack-session-cookie
    Maintained { prefix: "xoxd-", any_case: false, then: &[Run("++--/9AZ__az", 100, MANY), Run("==", 0, 2)] },
    // slack-session-token
    Maintained { prefix: "xoxc-", any_case: false, then: &[Run("09", 9, 15), Run("--", 1, 1), Run("09", 9, 15), Run("--", 1, 1), Run("09", 9, 15), Run("--", 1, 1), Run("09af", 64, 64)] },
    // slack-user-token
    Maintained { prefix: "xox", any_case: false, then: &[Run("eepp", 1, 1), Run("--", 1, 1), Run("09", 10, 13), Run("--", 1, 1), Run("09", 10, 13), Run("--", 1, 1), Run("09", 10, 13), Run("--", 1, 1), Run("--09AZaz", 28, 34)] },
    // sourcegraph-access-token
    Maintained { prefix: "sgp_", any_case: true, then: &[Run("09AFaf", 16, 16), Run("__", 1, 1), Run("09AFaf", 40, 40)] },
    // sourcegraph-access-token
    Maintained { prefix: "sgp_local_", any_case: true, then: &[Run("09AFaf", 40, 40)] },
    // sourcegraph-access-token
    Maintained { prefix: "sgp_", any_case: true, then: &[Run("09AFaf", 40, 40)] },
    // square-access-token
    Maintained { prefix: "EAAA", any_case: false, then: &[Run("--09AZ__az", 22, 60)] },
    // square-access-token
    Maintained { prefix: "sq0atp-", any_case: false, then: &[Run("--09AZ__az", 22, 60)] },
    // supabase-management-token
    Maintained { prefix: "sbp_", any_case: false, then: &[Run("--09__az", 40, 40)] },
    // supabase-project-api-key
    Maintained { prefix: "sb_secret_", any_case: false, then: &[Run("--09AZ__az", 31, 31)] },
    // tailscale-scim-key
    Maintained { prefix: "tskey-scim-", any_case: false, then: &[Run("09AZaz", 8, 24), Run("--", 1, 1), Run("09AZaz", 28, 40)] },
    // thunderstore-api-token.1
    Maintained { prefix: "tss_", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // togetherai-api-key
    Maintained { prefix: "tgp_v1_", any_case: true, then: &[Run("--09AZ__az", 43, 43)] },
    // typeform-api-token
    Maintained { prefix: "tfp_", any_case: true, then: &[Run("-.09==AZ__az", 59, 59)] },
    // unkey-root-key.1
    Maintained { prefix: "unkey_", any_case: false, then: &[Run("09AZaz", 20, 32)] },
    // upcloud-api-token
    Maintained { prefix: "ucat_", any_case: false, then: &[Run("09AZaz", 24, 32)] },
    // val-town-api-token.1
    Maintained { prefix: "vtwn_", any_case: false, then: &[Run("--09AZ__az", 20, 80)] },
    // vault-batch-token
    Maintained { prefix: "hvb.", any_case: false, then: &[Run("--09AZ__az", 138, 300)] },
    // vault-service-token
    Maintained { prefix: "hvs.", any_case: false, then: &[Run("--09AZ__az", 90, 120)] },
    // vercel-ai-gateway-key
    Maintained { prefix: "vck_", any_case: true, then: &[Run("--09AZ__az", 56, 56)] },
    // vercel-app-access-token
    Maintained { prefix: "vca_", any_case: true, then: &[Run("--09AZ__az", 56, 56)] },
    // vercel-app-refresh-token
    Maintained { prefix: "vcr_", any_case: true, then: &[Run("--09AZ__az", 56, 56)] },
    // vercel-integration-token
    Maintained { prefix: "vci_", any_case: true, then: &[Run("--09AZ__az", 56, 56)] },
    // vercel-personal-access-token
    Maintained { prefix: "vcp_", any_case: true, then: &[Run("--09AZ__az", 56, 56)] },
    // wakatime-api-key.2
    Maintained { prefix: "waka_", any_case: true, then: &[Run("09AZaz", 36, 64)] },
    // weights-and-biases-api-key-v1
    Maintained { prefix: "wandb_v1_", any_case: true, then: &[Run("09AZ__az", 77, 77)] },
    // workato-developer-api-token.1
    Maintained { prefix: "wrka-eyJ", any_case: false, then: &[Run("--09AZ__az", 8, MANY), Run("..", 1, 1), Run("--09AZ__az", 16, MANY), Run("..", 1, 1), Run("--09AZ__az", 64, MANY)] },
    // workato-developer-api-token.1
    Maintained { prefix: "wrka", any_case: false, then: &[Run("az", 2, 2), Run("--", 1, 1), Run("ee", 1, 1), Run("yy", 1, 1), Run("JJ", 1, 1), Run("--09AZ__az", 8, MANY), Run("..", 1, 1), Run("--09AZ__az", 16, MANY), Run("..", 1, 1), Run("--09AZ__az", 64, MANY)] },
    // xai-api-key
    Maintained { prefix: "xai-", any_case: true, then: &[Run("--09AZ__az", 70, 120)] },
    // xendit-production-api-key.1
    Maintained { prefix: "xnd_production_", any_case: false, then: &[Run("09AZaz", 56, 72)] },
    // zoho-oauth-token.1
    Maintained { prefix: "1000.", any_case: false, then: &[Run("09AFaf", 32, 32), Run("..", 1, 1), Run("09AFaf", 32, 32)] },
    // zoho-zapi-key.1
    Maintained { prefix: "1001.", any_case: false, then: &[Run("09AFaf", 32, 32), Run("..", 1, 1), Run("09AFaf", 32, 32)] },
    // zoho-zapi-key.1
    Maintained { prefix: "1001.", any_case: false, then: &[Run("09AFaf", 32, 32), Run("..", 1, 1), Run("09AFaf", 32, 32), Run("--", 1, 1), Run("DDdd", 1, 1)] },
    // zoho-zapi-key.1
    Maintained { prefix: "1003.", any_case: false, then: &[Run("09AFaf", 32, 64)] },
    // zuplo-consumer-api-key.1
    Maintained { prefix: "zpka_", any_case: false, then: &[Run("09az", 32, 32), Run("__", 1, 1), Run("09af", 8, 8)] },
];
