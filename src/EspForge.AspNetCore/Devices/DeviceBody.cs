using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EspForge.AspNetCore;

/// <summary>Reads the JSON body of a device.</summary>
internal static class DeviceBody
{
    /// <summary>The value, or the problem to answer.</summary>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, int most, CancellationToken cancel)
        where T : class
    {
        if (!request.HasJsonContentType())
            return (null, DeviceProblem.Of(415, "unsupported-media-type", "Send the body as application/json."));
        if (await BoundedBody.ReadAsync(request, most, cancel) is not { } bytes)
            return (null, DeviceProblem.Of(413, "too-large", $"The body is larger than {most} bytes."));
        if (bytes.Length == 0)
            return (null, DeviceProblem.Of(400, "validation", "A JSON body is required."));
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, DeviceJson.Options) is { } value
                ? (value, null)
                : (null, DeviceProblem.Of(400, "validation", "The body is null; an object is required."));
        }
        catch (JsonException error)
        {
            var wrong = JsonFaults.Explain(error, typeof(T), DeviceJson.Options)[0];
            return (null, DeviceProblem.Of(400, "validation", wrong.Message, wrong.Field));
        }
    }
}
