using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EspForge.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Studio.Tests.Api;

/// <summary>What holds for every route there is, those of tomorrow included: the routes are those of the running host.</summary>
[Collection(SharedStudioCollection.Name)]
public sealed partial class EveryRouteTests(SharedStudio studio)
{
    private const string Json = "application/json";

    private static readonly string[] Open = ["/api/v1/bootstrap", "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout", "/api/v1/openapi.json"];

    /// <summary>Bodies that are no request to any endpoint: none is an object with the members it wants, and each is wrong in a way of its own.</summary>
    private static readonly (string What, byte[] Body)[] Malformed =
    [
        ("cut off", "{"u8.ToArray()),
        ("no UTF-8", [0xff, 0xfe, 0x00]),
        ("a list", "[]"u8.ToArray()),
        ("a text", "\"x\""u8.ToArray()),
        ("a number", "7"u8.ToArray()),
        ("no number", "NaN"u8.ToArray()),
        ("a comment", "{/* */}"u8.ToArray()),
        ("two values", "{} {}"u8.ToArray()),
        ("an unknown member", "{\"noSuchMember\":1}"u8.ToArray()),
        ("half of a character in a name", """{"\ud800":1}"""u8.ToArray()),
        ("the same member twice", "{\"noSuchMember\":1,\"noSuchMember\":1}"u8.ToArray()),
        ("10,000 lists in each other", Encoding.ASCII.GetBytes(new string('[', 10_000) + new string(']', 10_000))),
        ("10,000 objects in each other", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000))),
    ];

    [Fact]
    public async Task A_malformed_body_is_refused_with_a_sentence_and_changes_nothing()
    {
        var before = await StateAsync();
        var tried = 0;
        foreach (var route in Routes().Where(route => route.TakesJson))
        {
            foreach (var (what, body) in Malformed)
            {
                // Sign-out and renewal of the session that the other tests use are not for these.
                using var answer = await SendAsync(route.Path.Contains("/auth/", StringComparison.Ordinal) && route.IsOpen ? null : studio.Admin, route, body, Json);
                await ExpectAsync(answer, $"{route} with {what}", HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge);
                tried++;
            }

            using var text = await SendAsync(route.IsOpen ? null : studio.Admin, route, "{}"u8.ToArray(), "text/plain");
            await ExpectAsync(text, $"{route} with text/plain", HttpStatusCode.UnsupportedMediaType);
            using var large = await SendTooMuchAsync(route.IsOpen ? null : studio.Admin, route);
            await ExpectAsync(large, $"{route} with too much", HttpStatusCode.RequestEntityTooLarge);
        }

        Assert.True(tried > 200);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_member_of_another_kind_or_with_half_a_character_is_refused_by_its_name()
    {
        var before = await StateAsync();
        var tried = 0;
        foreach (var route in Routes().Where(route => route.TakesJson))
        {
            foreach (var member in route.Members)
            {
                foreach (var value in (string[])["[[[[1]]]]", "\"\\ud800\""])
                {
                    using var answer = await SendAsync(route.IsOpen ? null : studio.Admin, route, Encoding.UTF8.GetBytes($"{{\"{member}\":{value}}}"), Json);
                    var error = await ExpectAsync(answer, $"{route} {member}: {value}", HttpStatusCode.BadRequest);
                    Assert.NotEqual(JsonValueKind.Null, error.GetProperty("details").ValueKind);
                    tried++;
                }
            }
        }

        Assert.True(tried > 80);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_body_without_a_content_or_a_type_is_refused_where_one_is_needed()
    {
        foreach (var route in Routes().Where(route => route.TakesJson))
        {
            using var none = await SendAsync(route.IsOpen ? null : studio.Admin, route, "{\"noSuchMember\":1}"u8.ToArray(), null);
            await ExpectAsync(none, $"{route} without a type", HttpStatusCode.UnsupportedMediaType);
            if (route.BodyIsOptional)
                continue;
            using var empty = await SendAsync(route.IsOpen ? null : studio.Admin, route, [], Json);
            await ExpectAsync(empty, $"{route} with an empty body", HttpStatusCode.BadRequest);
            using var nothing = await SendAsync(route.IsOpen ? null : studio.Admin, route, "null"u8.ToArray(), Json);
            await ExpectAsync(nothing, $"{route} with null", HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Nobody_is_let_in_without_a_token_whatever_they_send()
    {
        foreach (var route in Routes().Where(route => !route.IsOpen))
        {
            foreach (var type in new[] { null, Json, "application/octet-stream", "text/plain" })
            {
                using var answer = await SendAsync(null, route, route.Method == "GET" ? null : "{}"u8.ToArray(), type);
                await ExpectAsync(answer, $"{route} ({type}) by nobody", HttpStatusCode.Unauthorized);
            }

            using var bad = await SendAsync(studio.Host.Anonymous().With("abc.def.ghi"), route, null, null);
            await ExpectAsync(bad, $"{route} with a garbled token", HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        var before = await StateAsync();
        string[] own = ["/api/v1/auth/password"];
        foreach (var route in Routes().Where(route => !route.IsOpen && route.Method is not ("GET" or "HEAD") && !own.Contains(route.Path)))
        {
            if (route.Permissions.All(permission => RolePermissions.Of(RolePermissions.Viewer).Contains(permission)))
                continue;
            using var answer = await SendAsync(studio.Viewer, route, "{}"u8.ToArray(), Json);
            await ExpectAsync(answer, $"{route} by a viewer", HttpStatusCode.Forbidden);
        }

        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("no-such-thing")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%ed%a0%80")]
    [InlineData("%0d%0aX:1")]
    [InlineData("%27%20or%201=1--")]
    public async Task What_does_not_exist_is_not_found(string id)
    {
        var before = await StateAsync();
        foreach (var route in Routes(id).Where(route => route.HasId && !route.TakesJson))
        {
            using var answer = await SendAsync(studio.Admin, route, null, null);
            await ExpectAsync(answer, $"{route}", HttpStatusCode.NotFound);
        }

        foreach (var (method, path, body) in new[]
        {
            ("PATCH", $"devices/{id}", """{"name":"x"}"""), ("PATCH", $"projects/{id}", """{"name":"x"}"""), ("PATCH", $"users/{id}", """{"role":"viewer"}"""),
            ("PUT", $"projects/{id}/files/main.c", """{"content":""}"""), ("POST", $"projects/{id}/builds", """{"version":"1.0.0"}"""), ("POST", $"projects/{id}/rename", """{"from":"a.c","to":"b.c"}"""), ("POST", $"projects/{id}/history/1/restore", "{}"),
            ("POST", $"rollouts/{id}/start", "{}"), ("POST", $"rollouts/{id}/pause", "{}"), ("POST", $"rollouts/{id}/resume", "{}"), ("POST", $"rollouts/{id}/cancel", "{}"),
            ("POST", $"rollouts/{id}/rollback", "{}"),
        })
        {
            using var answer = await SendAsync(studio.Admin, new Route(method, $"/api/v1/{path}"), Encoding.UTF8.GetBytes(body), Json);
            await ExpectAsync(answer, $"{method} {path}", HttpStatusCode.NotFound);
        }

        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/v1/nothing.json")]
    [InlineData("/api/v1/a/b/c")]
    [InlineData("/device/v1/nothing")]
    [InlineData("/.well-known/espforge/nothing")]
    public async Task Where_there_is_nothing_every_method_says_so(string path)
    {
        foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
        {
            using var answer = await SendAsync(studio.Admin, new Route(method, path), null, null);
            await ExpectAsync(answer, $"{method} {path}", HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_method_that_is_not_answered_names_those_that_are()
    {
        var routes = Routes();
        foreach (var path in routes.Select(route => route.Path).Distinct())
        {
            foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE"])
            {
                // devices/claim is also devices/{id}, and an id that is not of the form is nowhere.
                if (routes.Any(route => route.Path == path && route.Methods.Contains(method)) || path.EndsWith("/devices/claim", StringComparison.Ordinal) || path.EndsWith("/rollouts/preview", StringComparison.Ordinal))
                    continue;
                using var answer = await SendAsync(studio.Admin, new Route(method, path), null, null);
                await ExpectAsync(answer, $"{method} {path}", HttpStatusCode.MethodNotAllowed);
                Assert.NotEmpty(answer.Content.Headers.Allow);
            }
        }
    }

    [Fact]
    public async Task A_query_value_that_is_none_is_refused_by_its_name()
    {
        foreach (var route in Routes().Where(route => route.Method == "GET" && route.Numbers.Count > 0))
        {
            foreach (var name in route.Numbers)
            {
                foreach (var value in (string[])["many", "1.5", "99999999999999999999", "-1", "%00", "NaN"])
                {
                    using var answer = await SendAsync(studio.Admin, route with { Path = $"{route.Path}?{name}={value}" }, null, null);
                    var error = await ExpectAsync(answer, $"{route}?{name}={value}", HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
                    if (answer.StatusCode == HttpStatusCode.BadRequest)
                        Assert.Equal(name, error.GetProperty("details")[0].GetProperty("field").GetString());
                }
            }
        }
    }

    [Fact]
    public async Task Devices_hear_problems_for_malformed_bodies_and_no_route_takes_a_person_for_a_device()
    {
        var endpoints = Endpoints("/device/v1/").Where(endpoint => Methods(endpoint).Contains("POST")).ToList();
        Assert.True(endpoints.Count >= 4);
        foreach (var endpoint in endpoints)
        {
            var route = new Route("POST", "/" + endpoint.RoutePattern.RawText!.Trim('/'));
            foreach (var (what, body) in Malformed)
            {
                using var answer = await SendAsync(studio.Admin, route, body, Json);
                await ExpectAsync(answer, $"{route} with {what}", HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Unauthorized);
            }
        }
    }

    private static async Task<JsonElement> ExpectAsync(HttpResponseMessage answer, string what, params HttpStatusCode[] expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected.Contains(answer.StatusCode), $"{what}: {(int)answer.StatusCode} {text}");
        Assert.True(text.Length > 0, $"{what}: {(int)answer.StatusCode} without a word");
        var body = JsonDocument.Parse(text).RootElement;
        var isEnvelope = answer.RequestMessage!.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal);
        var error = isEnvelope ? body.GetProperty("error") : body;
        var message = error.GetProperty(isEnvelope ? "message" : "detail").GetString()!;
        if (isEnvelope)
        {
            Assert.False(body.GetProperty("success").GetBoolean());
            Assert.Equal(JsonValueKind.Null, body.GetProperty("data").ValueKind);
            Assert.Matches("^[A-Z]+(_[A-Z]+)*$", error.GetProperty("code").GetString());
        }
        else
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal($"urn:espforge:problem:{error.GetProperty("code").GetString()}", error.GetProperty("type").GetString());
        }

        Assert.True(message.Length > 10 && !message.Contains("System.", StringComparison.Ordinal) && !message.Contains("Exception", StringComparison.Ordinal), $"{what}: {message}");
        return error;
    }

    /// <summary>The host may close the connection on who goes on sending (RFC 9110, 15.5.14), so the sender asks first; where the answer is late it sends all the same, and may have to try again.</summary>
    private async Task<HttpResponseMessage> SendTooMuchAsync(StudioClient? client, Route route)
    {
        for (var left = 5; ; left--)
        {
            try
            {
                return await SendAsync(client, route, new byte[1_200_000], Json, asksFirst: true);
            }
            catch (HttpRequestException error) when (left > 1 && error.InnerException is IOException)
            {
                // Refused while it was sending, and the answer went with the connection.
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(StudioClient? client, Route route, byte[]? body, string? type, bool asksFirst = false)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path);
        request.Headers.ExpectContinue = asksFirst;
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = type is null ? null : new MediaTypeHeaderValue(type) } };
        return await (client ?? studio.Host.Anonymous()).Http.SendAsync(request);
    }

    /// <summary>All there is to change, and how often it was changed.</summary>
    private async Task<string> StateAsync()
    {
        var state = new StringBuilder();
        foreach (var path in (string[])["projects", "builds", "images", "releases", "rollouts", "devices", "virtual-devices", "users", "api-keys"])
            state.AppendLine((await studio.Admin.GetAsync(path)).Data.GetRawText());
        return state.Append((await studio.Admin.GetAsync("audit?limit=1")).Data[0].GetProperty("sequence").GetInt64()).ToString();
    }

    private List<Route> Routes(string id = "00000000-0000-0000-0000-000000000000")
    {
        var routes = Endpoints("/api/v1/").Select(endpoint => new Route(Methods(endpoint)[0], Id().Replace("/" + endpoint.RoutePattern.RawText!.Trim('/'), match =>
            match.Value.Contains("path", StringComparison.Ordinal) ? "main.c" : match.Value.Contains(":int", StringComparison.Ordinal) ? "1" : id))
        {
            Methods = Methods(endpoint),
            HasId = Id().IsMatch(endpoint.RoutePattern.RawText!),
            IsOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
            TakesJson = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains(Json) is true,
            Members = [.. (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType?.GetProperties() ?? []).Select(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name))],
            BodyIsOptional = Optional().IsMatch(endpoint.RoutePattern.RawText!),
            Permissions = [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(one => one.Policy!).Where(one => one is not null)],
            Numbers = [.. endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
                .Where(one => (Nullable.GetUnderlyingType(one.ParameterInfo.ParameterType) ?? one.ParameterInfo.ParameterType) is var type && (type == typeof(int) || type == typeof(long)))
                .Select(one => one.Name)],
        }).ToList();
        Assert.True(routes.Count > 60);
        Assert.All(routes.Where(route => route.IsOpen), route => Assert.Contains(route.Path, Open));
        return routes;
    }

    private IEnumerable<RouteEndpoint> Endpoints(string prefix) => studio.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => ("/" + endpoint.RoutePattern.RawText!.Trim('/')).StartsWith(prefix, StringComparison.Ordinal));

    private static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("rollouts/.*/(start|pause|resume|cancel|rollback)|auth/(refresh|logout)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Optional();

    private sealed record Route(string Method, string Path)
    {
        public IReadOnlyList<string> Methods { get; init; } = [Method];

        public bool HasId { get; init; }

        public bool IsOpen { get; init; }

        public bool TakesJson { get; init; }

        public bool BodyIsOptional { get; init; }

        public IReadOnlyList<string> Members { get; init; } = [];

        public IReadOnlyList<string> Permissions { get; init; } = [];

        public IReadOnlyList<string> Numbers { get; init; } = [];

        public override string ToString() => $"{Method} {Path}";
    }
}
