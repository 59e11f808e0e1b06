namespace EspForge.EndToEnd.Tests;

/// <summary>Waits for what must come, never for time to pass: the limit is only there to fail.</summary>
internal static class Wait
{
    public static async Task UntilAsync(TimeSpan limit, string what, Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (!await condition())
        {
            if (Environment.TickCount64 > deadline) Assert.Fail($"Did not happen within {limit}: {what}\n{otherwise?.Invoke()}");
            await Task.Delay(150);
        }
    }
}
