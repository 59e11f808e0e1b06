using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EspForge.AspNetCore;

/// <summary>The problem documents devices get (RFC 9457): <c>type</c> is <c>urn:espforge:problem:CODE</c>, and <c>code</c> again on its own.</summary>
internal static class DeviceProblem
{
    public static IResult Of(int status, string code, string detail, string? field = null, TimeSpan? retryAfter = null) =>
        new Answer(status, new Fault(code, detail), field, retryAfter);

    public static Task WriteAsync(HttpContext context, int status, Fault fault, string? field = null, TimeSpan? retryAfter = null)
    {
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        var body = new Document($"urn:espforge:problem:{fault.Code}", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, fault.Message, fault.Code,
            string.IsNullOrEmpty(field) ? null : field, RequestId.Of(context));
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, DeviceJson.Options);
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private sealed record Document(string Type, string Title, int Status, string Detail, string Code, string? Field, string RequestId);

    private sealed class Answer(int status, Fault fault, string? field, TimeSpan? retryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, status, fault, field, retryAfter);
    }
}
