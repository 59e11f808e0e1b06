using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EspForge.Studio.Tests.Api;

[Collection(SharedStudioCollection.Name)]
public sealed class EnvelopeTests(SharedStudio studio)
{
    [Theory]
    [InlineData("GET", "nothing/here", null, 404, "NOT_FOUND")]
    [InlineData("DELETE", "status", null, 405, "METHOD_NOT_ALLOWED")]
    [InlineData("POST", "projects", "{", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", "", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", "null", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", "[]", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", """{"name":"x"}""", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", """{"name":"x","board":"b","template":"blink","colour":"red"}""", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", """{"name":7,"board":"b","template":"blink"}""", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", """{"name":null,"board":"b","template":"blink"}""", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "projects", """{"name":"x","name":"y","board":"b","template":"blink"}""", 400, "VALIDATION_ERROR")]
    [InlineData("GET", "projects?limit=0", null, 400, "VALIDATION_ERROR")]
    [InlineData("GET", "projects?limit=501", null, 400, "VALIDATION_ERROR")]
    [InlineData("GET", "builds?limit=many", null, 400, "VALIDATION_ERROR")]
    [InlineData("GET", "projects/01a20175-8105-7c6e-8f55-9e96b7a325d8", null, 404, "PROJECT_NOT_FOUND")]
    [InlineData("GET", "projects/not-an-id", null, 404, "NOT_FOUND")]
    [InlineData("GET", "builds/01a20175-8105-7c6e-8f55-9e96b7a325d8", null, 404, "BUILD_NOT_FOUND")]
    [InlineData("GET", "virtual-devices/nobody/log", null, 404, "VIRTUAL_DEVICE_NOT_FOUND")]
    [InlineData("POST", "bootstrap", """{"email":"a@example.com","password":"correct horse battery"}""", 409, "BOOTSTRAP_DONE")]
    public async Task Every_failure_is_an_envelope_with_its_code(string method, string path, string? body, int status, string code)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        await ExpectAsync(new HttpMethod(method), path, content, status, code);
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        using var content = new StringContent("name=x", Encoding.UTF8, "text/plain");
        await ExpectAsync(HttpMethod.Post, "projects", content, 415, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var content = new ByteArrayContent(new byte[2 * 1024 * 1024]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        await ExpectAsync(HttpMethod.Post, "projects", content, 413, "TOO_LARGE");
    }

    [Fact]
    public async Task A_request_id_is_taken_over_when_it_is_well_formed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/bootstrap");
        request.Headers.Add("X-Request-Id", "bench-42");
        using var response = await studio.Host.Anonymous().Http.SendAsync(request);
        Assert.Equal("bench-42", Assert.Single(response.Headers.GetValues("X-Request-Id")));
        using var odd = new HttpRequestMessage(HttpMethod.Get, "/api/v1/bootstrap");
        odd.Headers.Add("X-Request-Id", "<script>");
        using var made = await studio.Host.Anonymous().Http.SendAsync(odd);
        Assert.DoesNotContain("<", Assert.Single(made.Headers.GetValues("X-Request-Id")), StringComparison.Ordinal);
    }

    private async Task ExpectAsync(HttpMethod method, string path, HttpContent? content, int status, string code)
    {
        var answer = await studio.Admin.SendAsync(method, path, content);
        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal(code, answer.Code);
        Assert.False(answer.Body.GetProperty("success").GetBoolean());
        Assert.Equal(JsonValueKind.Null, answer.Body.GetProperty("data").ValueKind);
        Assert.NotEmpty(answer.Message);
        Assert.Equal(Assert.Single(answer.Headers.GetValues("X-Request-Id")), answer.Body.GetProperty("meta").GetProperty("requestId").GetString());
    }
}
