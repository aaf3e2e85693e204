import { PolicySection } from "./policies/policy-section.tsx";

const BehaviourSection = () => <PolicySection group="behaviour" />;
export default BehaviourSection;
