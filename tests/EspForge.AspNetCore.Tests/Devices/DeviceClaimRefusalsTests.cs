using System.Text;

namespace EspForge.AspNetCore.Tests.Devices;

/// <summary>docs/protocol.md 1.1: what is no claim.</summary>
public class DeviceClaimRefusalsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Theory]
    [InlineData("""{"product":"lamp","chip":"esp32","agentVersion":"1"}""", 400, "validation", "hardwareId")]
    [InlineData("""{"hardwareId":"a b","product":"lamp","chip":"esp32","agentVersion":"1"}""", 400, "validation", "hardwareId")]
    [InlineData("""{"hardwareId":"abc","product":"Lamp","chip":"esp32","agentVersion":"1"}""", 400, "validation", "product")]
    [InlineData("""{"hardwareId":"abc","product":"lamp","chip":"ESP32","agentVersion":"1"}""", 400, "validation", "chip")]
    [InlineData("""{"hardwareId":"abc","product":"lamp","chip":"esp32","board":"","agentVersion":"1"}""", 400, "validation", "board")]
    [InlineData("""{"hardwareId":"abc","product":"lamp","chip":"esp32"}""", 400, "validation", "agentVersion")]
    [InlineData("""{"hardwareId":7,"product":"lamp","chip":"esp32","agentVersion":"1"}""", 400, "validation", "hardwareId")]
    [InlineData("""{"hardwareId":"abc","hardwareId":"abd","product":"lamp","chip":"esp32","agentVersion":"1"}""", 400, "validation", null)]
    [InlineData("null", 400, "validation", null)]
    [InlineData("[]", 400, "validation", null)]
    [InlineData("{", 400, "validation", null)]
    [InlineData("", 400, "validation", null)]
    public async Task A_bad_claim_is_refused_with_its_field_and_no_code_is_given_out(string body, int status, string code, string? field)
    {
        var host = shared.Host;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/claims", "", content);
        var problem = await DeviceClaimEndpointsTests.ProblemAsync(answer, status, code);
        if (field is not null)
            Assert.Equal(field, (string?)problem["field"]);
    }
}
