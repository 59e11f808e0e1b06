using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace EspForge.Benchmarks;

/// <summary>
/// Times of builds as somebody sees them who asks a running Studio: <c>dotnet run -c Release --project benchmarks/EspForge.Benchmarks -- studio [N]</c>, with
/// ESPFORGE_SERVER and an API key that may write projects and run builds in ESPFORGE_API_KEY. Makes one project and deletes it again.
/// </summary>
internal static class StudioTimes
{
    public static async Task PrintAsync(int rounds)
    {
        var server = Environment.GetEnvironmentVariable("ESPFORGE_SERVER") ?? throw new InvalidOperationException("ESPFORGE_SERVER names no server.");
        using var client = new HttpClient { BaseAddress = new Uri(new Uri(server), "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("ESPFORGE_API_KEY"));
        var project = await PostAsync(client, "projects", new { name = string.Create(CultureInfo.InvariantCulture, $"times {Random.Shared.Next():x}"), board = "esp32-c3-devkitm-1", template = "blink" });
        var path = $"projects/{project.GetProperty("id").GetString()}";
        try
        {
            await BuildAsync(client, path, "0.0.1"); // the agent is compiled once
            List<Times> built = [], cached = [];
            for (var i = 0; i < rounds; i++)
            {
                built.Add(await BuildAsync(client, path, string.Create(CultureInfo.InvariantCulture, $"1.{i}.0")));
                cached.Add(await BuildAsync(client, path, "0.0.1"));
            }

            Print("asked for, to the first line of the log", built.Select(times => times.FirstLine));
            Print("asked for, to the end of the build", built.Select(times => times.End));
            Print("nothing changed: asked for, to the end", cached.Select(times => times.End));
        }
        finally
        {
            (await client.DeleteAsync(path)).EnsureSuccessStatusCode();
        }
    }

    private static async Task<Times> BuildAsync(HttpClient client, string project, string version)
    {
        var began = Stopwatch.GetTimestamp();
        var build = await PostAsync(client, $"{project}/builds", new { version });
        using var response = await client.GetAsync($"builds/{build.GetProperty("id").GetString()}/log", HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        TimeSpan? first = null;
        var ended = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: line", StringComparison.Ordinal))
                first ??= Stopwatch.GetElapsedTime(began);
            ended |= line.StartsWith("event: end", StringComparison.Ordinal);
            if (ended && line.StartsWith("data:", StringComparison.Ordinal))
            {
                if (!line.Contains("succeeded", StringComparison.Ordinal))
                    throw new InvalidOperationException($"The build ended: {line}");
                return new Times(first!.Value, Stopwatch.GetElapsedTime(began));
            }
        }

        throw new InvalidOperationException("The log ended before the build did.");
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode ? answer.GetProperty("data") : throw new InvalidOperationException(answer.GetProperty("error").GetProperty("message").GetString());
    }

    private static void Print(string what, IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-48} median {sorted[sorted.Count / 2].TotalMilliseconds,8:0.0} ms, worst {sorted[^1].TotalMilliseconds:0.0} ms, of {sorted.Count}"));
    }

    private sealed record Times(TimeSpan FirstLine, TimeSpan End);
}
